package dev.rlmbeam.sandbox.repl;

import java.time.Duration;

/**
 * Whether a sandbox's events are had by stream or by plain polling. A proxy may hold streams back;
 * then plain polling takes over, and the stream is tried again now and then, each time after a
 * longer while. One thread at a time.
 */
final class StreamTrust {
  private static final int BREAKS_IN_A_ROW = 3;
  private static final Duration STEADY = Duration.ofSeconds(5);
  private static final Duration FIRST_REST = Duration.ofSeconds(30);
  private static final Duration LONGEST_REST = Duration.ofMinutes(10);

  private int breaks;
  private Duration rest = FIRST_REST;
  private boolean resting;
  private long restUntilNanos;

  /** Whether to open a stream now. */
  boolean streams() {
    if (resting && System.nanoTime() - restUntilNanos >= 0) {
      resting = false;
    }
    return !resting;
  }

  /** A stream came to its end as it should. */
  void streamEnded() {
    breaks = 0;
    rest = FIRST_REST;
  }

  /** A stream broke after it had been open for so long. */
  void broke(Duration open) {
    breaks = open.compareTo(STEADY) >= 0 ? 1 : breaks + 1;
    if (breaks >= BREAKS_IN_A_ROW) {
      heldBack();
    }
  }

  /** No stream comes through. */
  void heldBack() {
    breaks = 0;
    resting = true;
    restUntilNanos = System.nanoTime() + rest.toNanos();
    rest = rest.multipliedBy(2).compareTo(LONGEST_REST) < 0 ? rest.multipliedBy(2) : LONGEST_REST;
  }
}
