package dev.rlmbeam.pipelines.bench;

import dev.rlmbeam.transforms.model.ChatMessage;
import dev.rlmbeam.transforms.model.ModelFactory;
import dev.rlmbeam.transforms.model.ModelSettings;
import dev.rlmbeam.transforms.model.OpenAiModelFactory;
import dev.rlmbeam.transforms.model.testing.ModelCall;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Scripted models behind HTTP on this machine: the root says what its script says, the sub-model
 * repeats its prompt. Thread-safe.
 */
final class BenchModels implements AutoCloseable {
  private static final String ROOT = "bench-root";
  private static final String SUB = "bench-sub";

  private final AtomicLong subCalls = new AtomicLong();
  private final ModelServer server;
  private final ModelSettings settings;

  private BenchModels(RootScript script, Duration latency) {
    server = ModelServer.start(call -> reply(call, script, latency));
    settings = ModelSettings.builder().baseUrl(server.baseUrl()).build();
  }

  /**
   * Starts their server.
   *
   * @param latency of the sub-model
   */
  static BenchModels start(RootScript script, Duration latency) {
    return new BenchModels(script, latency);
  }

  private ServerReply reply(ModelCall call, RootScript script, Duration latency) {
    if (call.model().equals(SUB)) {
      subCalls.incrementAndGet();
      return ServerReply.text("re: " + call.lastMessage()).after(latency);
    }
    long answered =
        call.messages().stream()
            .filter(message -> message.role() == ChatMessage.Role.ASSISTANT)
            .count();
    return script.reply((int) answered + 1);
  }

  ModelFactory root() {
    return new OpenAiModelFactory(ROOT, settings);
  }

  ModelFactory sub() {
    return new OpenAiModelFactory(SUB, settings);
  }

  /** Sub-calls that the server has counted. */
  long subCalls() {
    return subCalls.get();
  }

  @Override
  public void close() {
    server.close();
  }
}
