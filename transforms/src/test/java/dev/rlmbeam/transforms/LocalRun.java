package dev.rlmbeam.transforms;

import dev.rlmbeam.sandbox.local.LocalOptions;
import dev.rlmbeam.sandbox.local.LocalSandboxes;
import dev.rlmbeam.transforms.model.ModelFactory;
import dev.rlmbeam.transforms.model.ModelSettings;
import dev.rlmbeam.transforms.model.OpenAiModelFactory;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * What the tests of this package run: the real agent in local sandboxes, and a model behind real
 * HTTP.
 */
final class LocalRun {
  /** One turn: the answer is the context turned around. */
  static final String REVERSE = code("answer['content'] = context[::-1]; answer['ready'] = True");

  private LocalRun() {}

  /** A response with one code block. */
  static String code(String python) {
    return "```repl\n" + python + "\n```";
  }

  /** A server that answers each call with the same text, so late. */
  static ModelServer serving(String text, Duration latency) {
    return ModelServer.start(call -> ServerReply.text(text).after(latency));
  }

  /**
   * A server that says nothing until so many calls are in flight at once, and then that one more
   * would have had the time to come: however slow the machine, the peak is that number if and only
   * if the number is let in. From then on it answers at once.
   */
  static ModelServer full(int inFlight, String text) {
    CompletableFuture<Boolean> gate = new CompletableFuture<>();
    return ModelServer.start(
        call -> {
          if (call.number() == inFlight) {
            gate.complete(true);
          }
          ServerReply reply = ServerReply.text(text);
          return call.number() <= inFlight ? reply.once(gate).after(Duration.ofMillis(500)) : reply;
        });
  }

  static ModelFactory model(ModelServer server) {
    return new OpenAiModelFactory(
        "scripted",
        ModelSettings.builder()
            .baseUrl(server.baseUrl())
            .maxConnections(512)
            .maxRetries(0)
            .build());
  }

  static RlmTransform transform(ModelServer server) {
    return RlmTransform.answering(
            model(server),
            () -> LocalSandboxes.create(LocalOptions.defaults().withPlainAllowed(true)))
        .withRunId("test-" + UUID.randomUUID());
  }

  static List<RlmTask> tasks(int count) {
    List<RlmTask> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tasks.add(
          RlmTask.of("t" + i, "turn it around", "context " + i)
              .withAttributes("{\"n\":" + i + "}"));
    }
    return tasks;
  }

  static String reversed(int i) {
    return new StringBuilder("context " + i).reverse().toString();
  }

  /** Waits for something that other threads bring about, with a deadline instead of a guess. */
  static void await(BooleanSupplier condition) throws InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new TimeoutException("did not come about within 60 s");
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }

  /** Threads that only this project's code starts and that have not ended within a few seconds. */
  static List<String> threadsLeft() throws InterruptedException {
    for (Thread thread : ourThreads()) {
      thread.join(5_000);
    }
    return ourThreads().stream().map(Thread::getName).sorted().toList();
  }

  private static List<Thread> ourThreads() {
    return Thread.getAllStackTraces().keySet().stream().filter(LocalRun::isOurs).toList();
  }

  static boolean isOurs(Thread thread) {
    String name = thread.getName();
    return name.startsWith("rlm-")
        || name.startsWith("tunnel-")
        || name.startsWith("sandbox-")
        || name.startsWith("session-")
        || (name.startsWith("model-") && !name.startsWith("model-server-"));
  }
}
