package dev.rlmbeam.transforms.model;

import java.io.Serializable;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What calls of one model used. Immutable.
 *
 * @param calls answered calls
 * @param inputTokens as the service reported them; 0 when it reports none
 * @param outputTokens as the service reported them
 * @param reportedCostUsd US dollars as the service reported them; null when it reported none, which
 *     is not the same as 0
 */
public record ModelUsage(
    long calls, long inputTokens, long outputTokens, @Nullable Double reportedCostUsd)
    implements Serializable {

  /** Nothing used. */
  public static final ModelUsage NONE = new ModelUsage(0, 0, 0, null);

  /** Both together; a cost is known if either is. */
  public ModelUsage plus(ModelUsage other) {
    Double cost = reportedCostUsd;
    if (other.reportedCostUsd != null) {
      cost = (cost == null ? 0 : cost) + other.reportedCostUsd;
    }
    return new ModelUsage(
        calls + other.calls,
        inputTokens + other.inputTokens,
        outputTokens + other.outputTokens,
        cost);
  }

  /** The reported cost, if there is one. */
  public OptionalDouble costUsd() {
    return reportedCostUsd == null ? OptionalDouble.empty() : OptionalDouble.of(reportedCostUsd);
  }
}
