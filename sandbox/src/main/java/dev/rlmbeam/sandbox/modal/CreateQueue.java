package dev.rlmbeam.sandbox.modal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Lines creations up, so that hundreds of elements that begin together do not become hundreds of
 * requests in one second: at most so many a second, evenly, with a second's worth at once after a
 * rest. Thread-safe.
 */
final class CreateQueue {
  private final long intervalNanos;
  private final long burstNanos;
  private final LongSupplier nanos;

  @GuardedBy("this")
  private long nextNanos;

  CreateQueue(double perSecond, LongSupplier nanos) {
    this.intervalNanos = (long) (1e9 / perSecond);
    this.burstNanos = Math.max(0, 1_000_000_000L - intervalNanos);
    this.nanos = nanos;
    nextNanos = nanos.getAsLong() - burstNanos;
  }

  /** Waits for its turn. */
  void await() throws InterruptedException {
    long wait = reserve();
    if (wait > 0) {
      TimeUnit.NANOSECONDS.sleep(wait);
    }
  }

  /** How long the one who asks now has to wait. */
  synchronized long reserve() {
    long now = nanos.getAsLong();
    nextNanos = Math.max(nextNanos, now - burstNanos);
    long wait = nextNanos - now;
    nextNanos += intervalNanos;
    return wait;
  }
}
