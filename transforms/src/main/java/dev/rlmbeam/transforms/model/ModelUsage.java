package dev.rlmbeam.transforms.model;

import java.io.Serializable;
import java.time.Duration;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What calls of one model used; or, under the name {@link #SANDBOX}, what sessions in sandboxes did
 * that somebody pays for. Immutable.
 *
 * @param calls answered calls
 * @param inputTokens as the service reported them; 0 when it reports none
 * @param outputTokens as the service reported them
 * @param reportedCostUsd US dollars as the service reported them; null when it reported none, which
 *     is not the same as 0
 * @param sandboxSeconds for how much of sandboxes' time sessions pay; null for a model
 */
public record ModelUsage(
    long calls,
    long inputTokens,
    long outputTokens,
    @Nullable Double reportedCostUsd,
    @Nullable Double sandboxSeconds)
    implements Serializable {

  /** In place of a model's name: sandboxes, whose calls are sessions. */
  public static final String SANDBOX = "sandbox";

  /** Nothing used. */
  public static final ModelUsage NONE = new ModelUsage(0, 0, 0, null);

  /** Of a model. */
  public ModelUsage(
      long calls, long inputTokens, long outputTokens, @Nullable Double reportedCostUsd) {
    this(calls, inputTokens, outputTokens, reportedCostUsd, null);
  }

  /**
   * Of one session in a sandbox.
   *
   * @param usdPerSecond what a second of a sandbox costs; 0 if that is not known
   */
  public static ModelUsage ofSession(Duration paid, double usdPerSecond) {
    double seconds = paid.toNanos() / 1e9;
    return new ModelUsage(1, 0, 0, usdPerSecond > 0 ? seconds * usdPerSecond : null, seconds);
  }

  /** Both together; a cost is known if either is. */
  public ModelUsage plus(ModelUsage other) {
    return new ModelUsage(
        calls + other.calls,
        inputTokens + other.inputTokens,
        outputTokens + other.outputTokens,
        sum(reportedCostUsd, other.reportedCostUsd),
        sum(sandboxSeconds, other.sandboxSeconds));
  }

  private static @Nullable Double sum(@Nullable Double one, @Nullable Double other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one + other;
  }

  /** The reported cost, if there is one. */
  public OptionalDouble costUsd() {
    return reportedCostUsd == null ? OptionalDouble.empty() : OptionalDouble.of(reportedCostUsd);
  }
}
