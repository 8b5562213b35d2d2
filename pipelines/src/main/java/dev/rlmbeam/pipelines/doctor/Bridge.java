package dev.rlmbeam.pipelines.doctor;

import dev.rlmbeam.pipelines.report.Figures;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.Sandboxes;
import dev.rlmbeam.sandbox.pool.PoolOptions;
import dev.rlmbeam.sandbox.pool.SessionPool;
import dev.rlmbeam.sandbox.repl.ExecutionResult;
import dev.rlmbeam.sandbox.repl.ModelAnswer;
import dev.rlmbeam.sandbox.repl.ReplSession;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A question all the way: code in a real sandbox asks, the request goes through {@code /enqueue}
 * and the tunnel to this process, and the answer back into the code.
 */
final class Bridge {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final String CODE = "print(llm_query('there'))";
  private static final String ANSWER = "and back";

  private Bridge() {}

  static Finding look(Sandboxes sandboxes, SandboxSpec spec) throws InterruptedException {
    long start = System.nanoTime();
    PoolOptions options = PoolOptions.defaults().withSpec(spec);
    SessionPool.Request request = new SessionPool.Request("doctor", List.of(), "doctor", TIMEOUT);
    try (SessionPool pool = SessionPool.over(sandboxes, options);
        ReplSession session =
            pool.open(
                request,
                query -> CompletableFuture.completedFuture(ModelAnswer.of(List.of(ANSWER))))) {
      ExecutionResult result = session.execute(CODE, TIMEOUT);
      String took = Figures.span(Duration.ofNanos(System.nanoTime() - start));
      return result.stdout().strip().equals(ANSWER)
          ? Finding.ok("bridge", "llm_query() from a sandbox was answered, " + took + " in all")
          : Finding.problem(
              "bridge", "llm_query() was told: " + result.stdout() + result.stderr(), "");
    } catch (SandboxException e) {
      return Finding.problem("bridge", String.valueOf(e.getMessage()), "");
    }
  }
}
