package dev.rlmbeam.pipelines.modal;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import dev.rlmbeam.sandbox.modal.ModalOptions;
import dev.rlmbeam.sandbox.modal.ModalSandboxes;
import dev.rlmbeam.sandbox.pool.PoolOptions;
import dev.rlmbeam.sandbox.pool.SessionPool;
import dev.rlmbeam.sandbox.repl.ExecutionResult;
import dev.rlmbeam.sandbox.repl.ModelAnswer;
import dev.rlmbeam.sandbox.repl.ModelQuery;
import dev.rlmbeam.sandbox.repl.ReplSession;
import dev.rlmbeam.sandbox.testing.emulator.EmulatorOptions;
import dev.rlmbeam.sandbox.testing.emulator.ModalEmulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a query costs when sandboxes are 40 ms away, each way, over TLS, and the model answers at
 * once: at most 1.3 round trips and 5 ms, p50. Only in the whole proof, for a busy machine is no
 * fault of the code.
 */
@EnabledIfSystemProperty(named = Proof.PROPERTY, matches = "true")
final class ModalLatencyTest {
  private static final Duration ONE_WAY = Duration.ofMillis(40);
  private static final double BOUND_MILLIS = 1.3 * 2 * ONE_WAY.toMillis() + 5;
  private static final int CALLS = 200;
  private static final int WARM_UPS = 3;
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  private static final String ASK =
      """
      import time
      times = []
      for i in range(%d):
          prompt = 'p%%d' %% i
          start = time.perf_counter()
          reply = llm_query(prompt)
          times.append((time.perf_counter() - start) * 1000)
          assert reply == 're: ' + prompt, reply
      print(' '.join('%%.3f' %% t for t in times[%d:]))
      """
          .formatted(WARM_UPS + CALLS, WARM_UPS);

  private @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 8})
  void aQueryTakesLittleMoreThanARoundTrip(int sessions) throws Exception {
    EmulatorOptions options = EmulatorOptions.builder().tunnelLatency(ONE_WAY).build();
    ExecutorService threads = Executors.newFixedThreadPool(sessions);
    try (ModalEmulator emulator = ModalEmulator.start(options)) {
      ModalCommand modal = new ModalCommand(emulator, folder);
      List<Double> times = new ArrayList<>();
      try (ModalSandboxes sandboxes =
              ModalSandboxes.create(
                  modal.config(), ModalOptions.defaults().withTrust(modal.trust()));
          SessionPool pool =
              SessionPool.over(sandboxes, PoolOptions.defaults().withBounds(sessions, 1))) {
        CyclicBarrier ready = new CyclicBarrier(sessions);
        List<Future<String>> blocks = new ArrayList<>();
        for (int i = 0; i < sessions; i++) {
          String name = "task-" + i;
          blocks.add(threads.submit(() -> ask(pool, name, ready)));
        }
        for (Future<String> block : blocks) {
          for (String time : block.get().strip().split(" ", -1)) {
            times.add(Double.valueOf(time));
          }
        }
      }
      assertThat(times).hasSize(sessions * CALLS);
      assertThat(emulator.sandboxes()).hasSize(1);
      assertThat(emulator.runningSandboxes()).isEmpty();
      times.sort(null);
      double median = times.get(times.size() / 2);
      Proof.line(
          "llm_query over TLS tunnels, %d ms each way, %d session%s of one sandbox, %d calls each:"
              + " p50 %.1f ms, p95 %.1f ms; p50 is to be at most %.0f ms: %s",
          ONE_WAY.toMillis(),
          sessions,
          sessions == 1 ? "" : "s",
          CALLS,
          median,
          times.get(times.size() * 95 / 100),
          BOUND_MILLIS,
          median <= BOUND_MILLIS ? "holds" : "DOES NOT HOLD");
      assertWithMessage("less than a round trip").that(median).isAtLeast(2.0 * ONE_WAY.toMillis());
      assertThat(median).isAtMost(BOUND_MILLIS);
    } finally {
      threads.shutdownNow();
    }
  }

  private static CompletableFuture<ModelAnswer> atOnce(ModelQuery query) {
    return CompletableFuture.completedFuture(
        ModelAnswer.of(query.prompts().stream().map(prompt -> "re: " + prompt).toList()));
  }

  /** All begin at the same moment, so that they ask side by side. */
  private static String ask(SessionPool pool, String name, CyclicBarrier ready) throws Exception {
    SessionPool.Request request = new SessionPool.Request(name, List.of(), "bundle", TIMEOUT);
    try (ReplSession session = pool.open(request, ModalLatencyTest::atOnce)) {
      ready.await();
      ExecutionResult result = session.execute(ASK, TIMEOUT);
      assertThat(result.error()).isEmpty();
      return result.stdout();
    }
  }
}
