package dev.rlmbeam.transforms.model;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.transforms.model.ModelException.Kind;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many callers, impatient callers and the end. */
@Timeout(60)
class OpenAiModelThreadsTest extends OpenAiModelTestBase {

  @Test
  void atMostMaxConnectionsAreUnderWayAndAllAreUsed()
      throws InterruptedException, ExecutionException {
    ModelServer server = serve(call -> ServerReply.text("ok").after(Duration.ofMillis(50)));
    LanguageModel model = model(s -> s.maxConnections(8));
    ExecutorService callers = Executors.newFixedThreadPool(32);
    try {
      List<Future<ModelResponse>> responses = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        responses.add(callers.submit(() -> model.generate(asking("x"))));
      }
      for (Future<ModelResponse> response : responses) {
        assertThat(response.get().text()).isEqualTo("ok");
      }
    } finally {
      callers.shutdownNow();
    }

    assertThat(server.peakInFlight()).isEqualTo(8);
    assertThat(server.calls()).isEqualTo(64);
  }

  @Test
  void waitingForAConnectionCountsInTheDeadline() throws InterruptedException {
    ModelServer server = serve(call -> ServerReply.never());
    LanguageModel model = model(s -> s.maxConnections(1));
    Thread holder = caller(model, new CompletableFuture<>());
    awaitInFlight(server, 1);

    ModelException e = failure(model, asking("y", Duration.ofMillis(100)));

    assertThat(e.kind()).isEqualTo(Kind.TIMEOUT);
    assertThat(e).hasMessageThat().contains("connections came free");
    assertThat(server.calls()).isEqualTo(1);
    holder.interrupt();
    holder.join();
  }

  @Test
  void anInterruptEndsTheCallAtOnceAndOnTheWireToo() throws InterruptedException {
    ModelServer server = serve(call -> ServerReply.never());
    LanguageModel model = model();
    CompletableFuture<Exception> thrown = new CompletableFuture<>();
    Thread caller = caller(model, thrown);
    awaitInFlight(server, 1);

    caller.interrupt();
    caller.join();

    assertThat(thrown.join()).isInstanceOf(InterruptedException.class);
    awaitInFlight(server, 0);
    assertThat(server.abandoned()).isEqualTo(1);
  }

  @Test
  void anInterruptEndsTheWaitForARetry() throws InterruptedException {
    serve(call -> ServerReply.error(429, "x", "later").header("Retry-After", "30"));
    OpenAiModelFactory factory =
        new OpenAiModelFactory("m", ModelSettings.builder().baseUrl(serverUrl()).build());
    CompletableFuture<Exception> thrown = new CompletableFuture<>();
    try (LanguageModel model = factory.create(name -> Optional.of(KEY), RetryClock.system())) {
      Thread caller = caller(model, thrown);
      while (caller.getState() != Thread.State.TIMED_WAITING || !sleeping(caller)) {
        Thread.onSpinWait();
      }

      caller.interrupt();
      caller.join();
    }

    assertThat(thrown.join()).isInstanceOf(InterruptedException.class);
  }

  @Test
  void closingEndsCallsUnderWayAndLeavesNoThread() throws InterruptedException {
    ModelServer server = serve(call -> ServerReply.never());
    LanguageModel model = model("closing-model", s -> s);
    CompletableFuture<Exception> thrown = new CompletableFuture<>();
    Thread caller = caller(model, thrown);
    awaitInFlight(server, 1);

    model.close();
    model.close();
    caller.join();

    assertThat(((ModelException) thrown.join()).kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(clock.sleeps).isEmpty();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("model-closing-model")) {
        thread.join(5_000);
        assertThat(thread.isAlive()).isFalse();
      }
    }
    assertThat(failure(model, asking("x")).kind()).isEqualTo(Kind.UNAVAILABLE);
  }

  private static boolean sleeping(Thread thread) {
    for (StackTraceElement frame : thread.getStackTrace()) {
      if (frame.getMethodName().equals("sleep")) {
        return true;
      }
    }
    return false;
  }

  private static Thread caller(LanguageModel model, CompletableFuture<Exception> thrown) {
    Thread thread =
        new Thread(
            () -> {
              try {
                model.generate(asking("x"));
              } catch (InterruptedException | ModelException e) {
                thrown.complete(e);
              }
            });
    thread.start();
    return thread;
  }

  private static void awaitInFlight(ModelServer server, int count) {
    while (server.inFlight() != count) {
      Thread.onSpinWait();
    }
  }
}
