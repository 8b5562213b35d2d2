package dev.rlmbeam.sandbox.repl;

import java.time.Duration;

/**
 * How patient the host's end of a tunnel is. Immutable.
 *
 * @param connectTimeout for a connection to stand; default 5 s
 * @param callTimeout for a short call from its start to the end of its answer; default 15 s
 * @param firstEventTimeout a stream of events without a first byte for so long is held back by
 *     something on the way, and plain polling takes over; default 2 s
 * @param pollInterval between two plain polls; default 100 ms, the reference's
 * @param resultMargin how long after its timeout and grace a block's end may take to be told before
 *     the sandbox is given up; default 30 s
 * @param unreachable a sandbox that could not be reached for so long is given up, or after its
 *     lease if that is shorter; default 15 s
 */
public record TunnelOptions(
    Duration connectTimeout,
    Duration callTimeout,
    Duration firstEventTimeout,
    Duration pollInterval,
    Duration resultMargin,
    Duration unreachable) {

  public TunnelOptions {
    requirePositive("connectTimeout", connectTimeout);
    requirePositive("callTimeout", callTimeout);
    requirePositive("firstEventTimeout", firstEventTimeout);
    requirePositive("pollInterval", pollInterval);
    requirePositive("resultMargin", resultMargin);
    requirePositive("unreachable", unreachable);
  }

  /** All defaults. */
  public static TunnelOptions defaults() {
    return new TunnelOptions(
        Duration.ofSeconds(5),
        Duration.ofSeconds(15),
        Duration.ofSeconds(2),
        Duration.ofMillis(100),
        Duration.ofSeconds(30),
        Duration.ofSeconds(15));
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " must be > 0, but was " + value);
    }
  }
}
