package dev.rlmbeam.transforms.rlm;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** The wall-clock end of one run. Immutable. */
final class Deadline {
  private final Clock clock;
  private final Instant start;
  private final Duration total;

  Deadline(Clock clock, Duration total) {
    this.clock = clock;
    this.start = clock.instant();
    this.total = total;
  }

  Instant start() {
    return start;
  }

  Duration total() {
    return total;
  }

  Duration elapsed() {
    return Duration.between(start, clock.instant());
  }

  /** What is left; zero or negative once it has passed. */
  Duration remaining() {
    return total.minus(elapsed());
  }

  boolean passed() {
    Duration left = remaining();
    return left.isZero() || left.isNegative();
  }

  /** What is left, at most the given time. */
  Duration atMost(Duration limit) {
    Duration left = remaining();
    return left.compareTo(limit) < 0 ? left : limit;
  }
}
