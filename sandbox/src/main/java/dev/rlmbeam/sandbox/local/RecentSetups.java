package dev.rlmbeam.sandbox.local;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * What was found out of this machine a moment ago: a launcher that tries what there is and a worker
 * in the same JVM that needs it would else ask twice, at a few tenths of a second each. What did
 * not work is asked again. Thread-safe.
 */
final class RecentSetups {
  private static final Duration RECENT = Duration.ofMinutes(1);

  /** Finds out. */
  interface Finder {
    LocalSetup find(LocalOptions options) throws InterruptedException;
  }

  private record Found(LocalSetup setup, long nanos) {}

  private final Finder finder;
  private final LongSupplier nanoTime;

  @GuardedBy("this")
  private final Map<LocalOptions, Found> found = new HashMap<>();

  RecentSetups(Finder finder, LongSupplier nanoTime) {
    this.finder = finder;
    this.nanoTime = nanoTime;
  }

  /** One at a time: who comes second finds what the first has found. */
  synchronized LocalSetup find(LocalOptions options) throws InterruptedException {
    Found recent = found.get(options);
    if (recent != null && nanoTime.getAsLong() - recent.nanos() < RECENT.toNanos()) {
      return recent.setup();
    }
    LocalSetup setup = finder.find(options);
    found.put(options, new Found(setup, nanoTime.getAsLong()));
    return setup;
  }
}
