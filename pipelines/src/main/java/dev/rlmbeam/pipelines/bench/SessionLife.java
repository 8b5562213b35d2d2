package dev.rlmbeam.pipelines.bench;

import dev.rlmbeam.sandbox.pool.PoolOptions;
import dev.rlmbeam.sandbox.pool.SessionPool;
import dev.rlmbeam.sandbox.repl.ReplSession;
import java.time.Duration;
import java.util.List;

/**
 * A session opened in a warm sandbox and closed again: its close returns when the agent has said
 * that its processes are reaped and its files gone. That no process is left is looked at from
 * outside, after the clock has stopped.
 */
final class SessionLife implements Measurement {

  @Override
  public Samples take(BenchSite site, Scale scale) throws InterruptedException {
    SessionPool.Request request =
        new SessionPool.Request("bench", List.of(), "bench", Duration.ofMinutes(1));
    try (SessionPool pool = SessionPool.over(site.sandboxes(), PoolOptions.defaults())) {
      pool.open(request, Python.noModel()).close();
      long before = processes();
      return Samples.take(
          scale.small(),
          () -> {
            long start = System.nanoTime();
            ReplSession session = pool.open(request, Python.noModel());
            session.close();
            long nanos = System.nanoTime() - start;
            requireSame(before, processes(), pool);
            return nanos;
          });
    }
  }

  private static void requireSame(long before, long after, SessionPool pool) {
    if (after != before || pool.openSandboxes() != 1) {
      throw new IllegalStateException(
          String.format(
              "after a session there were %d processes, %d before it, and %d sandboxes",
              after, before, pool.openSandboxes()));
    }
  }

  /** The agent's and those of its sessions, zombies included. */
  private static long processes() {
    return ProcessHandle.current().descendants().count();
  }
}
