package dev.rlmbeam.transforms;

import dev.rlmbeam.transforms.model.ModelUsage;
import dev.rlmbeam.transforms.rlm.StopReason;
import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * An answered task. Immutable.
 *
 * @param id of the task
 * @param answer what the RLM answered
 * @param stopReason why it stopped
 * @param turns root responses whose code was to be run; the request for a final answer at the limit
 *     is none
 * @param subCalls prompts that were answered by the sub-model
 * @param usage by model name
 * @param seconds wall clock from the first attempt's start to the end
 * @param attempts how often the element was begun
 * @param runId of the run
 * @param worker that answered it, as {@link WorkerId} names it; may be empty
 * @param attributes of the task
 */
public record RlmResult(
    String id,
    String answer,
    StopReason stopReason,
    int turns,
    int subCalls,
    Map<String, ModelUsage> usage,
    double seconds,
    int attempts,
    String runId,
    String worker,
    String attributes)
    implements Serializable {

  public RlmResult {
    usage = Collections.unmodifiableMap(new TreeMap<>(usage));
  }

  /** A result of a task without attributes, of a worker without a name. */
  public RlmResult(
      String id,
      String answer,
      StopReason stopReason,
      int turns,
      int subCalls,
      Map<String, ModelUsage> usage,
      double seconds,
      int attempts,
      String runId) {
    this(id, answer, stopReason, turns, subCalls, usage, seconds, attempts, runId, "", "");
  }
}
