package dev.rlmbeam.pipelines.bench;

import dev.rlmbeam.sandbox.pool.PoolOptions;
import dev.rlmbeam.sandbox.pool.SessionPool;
import dev.rlmbeam.sandbox.repl.ReplSession;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * A code block that does nothing, as the turn loop waits for it.
 *
 * @param stateBytes held in variables meanwhile, at least: half of it in a dict of many small
 *     objects, the rest in one large string and some more variables
 */
record NoOpBlock(int stateBytes) implements Measurement {

  @Override
  public Samples take(BenchSite site, Scale scale) throws InterruptedException {
    SessionPool.Request request =
        new SessionPool.Request("bench", List.of(), "bench", Duration.ofMinutes(1));
    try (SessionPool pool = SessionPool.over(site.sandboxes(), PoolOptions.defaults());
        ReplSession session = pool.open(request, Python.noModel())) {
      Python.run(session, state());
      return Samples.take(
          scale.small(),
          () -> {
            long start = System.nanoTime();
            Python.run(session, "x = 1");
            return System.nanoTime() - start;
          });
    }
  }

  private String state() {
    if (stateBytes == 0) {
      return "x = 1";
    }
    return String.format(
        Locale.ROOT,
        """
        import sys
        records = {}
        used = 0
        while used < %1$d // 2:
            i = len(records)
            key, record = f"record {i}", [i, i / 3, f"value of record {i}"]
            records[key] = record
            used += sys.getsizeof(key) + sys.getsizeof(record) + sum(map(sys.getsizeof, record))
        text = "x" * (%1$d // 2)
        for i in range(100):
            globals()[f"number_{i}"] = i * 1.5
        assert used + sys.getsizeof(text) >= %1$d
        del key, record, i, used
        """,
        stateBytes);
  }
}
