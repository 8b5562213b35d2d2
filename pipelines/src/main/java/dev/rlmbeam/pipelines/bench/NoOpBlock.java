package dev.rlmbeam.pipelines.bench;

import dev.rlmbeam.sandbox.pool.PoolOptions;
import dev.rlmbeam.sandbox.pool.SessionPool;
import dev.rlmbeam.sandbox.repl.ReplSession;
import java.time.Duration;
import java.util.List;

/**
 * A code block that does nothing, as the turn loop waits for it.
 *
 * @param stateBytes held in a variable meanwhile
 */
record NoOpBlock(int stateBytes) implements Measurement {

  @Override
  public Samples take(BenchSite site, Scale scale) throws InterruptedException {
    SessionPool.Request request =
        new SessionPool.Request("bench", List.of(), "bench", Duration.ofMinutes(1));
    try (SessionPool pool = SessionPool.over(site.sandboxes(), PoolOptions.defaults());
        ReplSession session = pool.open(request, Python.noModel())) {
      Python.run(session, "state = 'x' * " + stateBytes);
      return Samples.take(
          scale.small(),
          () -> {
            long start = System.nanoTime();
            Python.run(session, "x = 1");
            return System.nanoTime() - start;
          });
    }
  }
}
