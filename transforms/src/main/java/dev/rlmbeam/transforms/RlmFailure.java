package dev.rlmbeam.transforms;

import dev.rlmbeam.transforms.model.ModelUsage;
import dev.rlmbeam.transforms.rlm.FailureClass;
import dev.rlmbeam.transforms.rlm.Stage;
import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A task without an answer. Immutable.
 *
 * @param id of the task
 * @param errorClass what kind of failure
 * @param message what went wrong and what to do
 * @param stage where in its way
 * @param source where the task came from: file and line or offset; may be empty
 * @param attempts how often the element was begun; 0 when it never was
 * @param partialAnswer what there was of an answer; empty if nothing
 * @param turns root responses whose code was to be run
 * @param subCalls prompts that were answered by the sub-model
 * @param usage by model name
 * @param seconds wall clock
 * @param runId of the run
 * @param worker where it failed, as {@link WorkerId} names it; may be empty
 * @param attributes of the task
 */
public record RlmFailure(
    String id,
    FailureClass errorClass,
    String message,
    Stage stage,
    String source,
    int attempts,
    String partialAnswer,
    int turns,
    int subCalls,
    Map<String, ModelUsage> usage,
    double seconds,
    String runId,
    String worker,
    String attributes)
    implements Serializable {

  public RlmFailure {
    usage = Collections.unmodifiableMap(new TreeMap<>(usage));
  }

  /** A failure of a task without attributes, of a worker without a name. */
  public RlmFailure(
      String id,
      FailureClass errorClass,
      String message,
      Stage stage,
      String source,
      int attempts,
      String partialAnswer,
      int turns,
      int subCalls,
      Map<String, ModelUsage> usage,
      double seconds,
      String runId) {
    this(
        id,
        errorClass,
        message,
        stage,
        source,
        attempts,
        partialAnswer,
        turns,
        subCalls,
        usage,
        seconds,
        runId,
        "",
        "");
  }

  /** A failure before anything was begun: a row that cannot be used. */
  public static RlmFailure ofInput(
      String id, FailureClass errorClass, String message, String source, String runId) {
    return new RlmFailure(
        id, errorClass, message, Stage.INPUT, source, 0, "", 0, 0, Map.of(), 0, runId);
  }

  /** The same failure with the attributes of its task. */
  public RlmFailure withAttributes(String attributes) {
    return new RlmFailure(
        id,
        errorClass,
        message,
        stage,
        source,
        attempts,
        partialAnswer,
        turns,
        subCalls,
        usage,
        seconds,
        runId,
        worker,
        attributes);
  }
}
