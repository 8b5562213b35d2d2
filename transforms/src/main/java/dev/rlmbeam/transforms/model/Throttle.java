package dev.rlmbeam.transforms.model;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How long calls have waited because their service asked for fewer. Whoever waits tells it, on any
 * thread; whoever reports it takes what is new. Thread-safe.
 */
public final class Throttle {
  private static final long NANOS_A_MILLI = 1_000_000;

  private final AtomicLong nanos = new AtomicLong();

  void waited(long moreNanos) {
    nanos.addAndGet(moreNanos);
  }

  /**
   * Milliseconds since the last time, the sum over all calls: of calls that wait side by side, each
   * counts. What is less than one stays for the next time.
   */
  public long takeMillis() {
    long before =
        nanos.getAndUpdate(
            all ->
                all < NANOS_A_MILLI ? all : all % NANOS_A_MILLI); // the usual case writes nothing
    return before / NANOS_A_MILLI;
  }
}
