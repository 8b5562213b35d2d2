package dev.rlmbeam.sandbox.repl;

import java.time.Duration;

/** A point in time until which something may take. Immutable. */
public final class Deadline {
  private final long nanos;

  private Deadline(long nanos) {
    this.nanos = nanos;
  }

  /** That much from now. */
  public static Deadline in(Duration time) {
    // A year is for ever here, and far from where nanoTime would overflow.
    Duration bounded = time.compareTo(Duration.ofDays(365)) > 0 ? Duration.ofDays(365) : time;
    return new Deadline(System.nanoTime() + bounded.toNanos());
  }

  /** What is left; zero when it has passed. */
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
  }

  /** Whether nothing is left. */
  public boolean hasPassed() {
    return nanos - System.nanoTime() <= 0;
  }
}
