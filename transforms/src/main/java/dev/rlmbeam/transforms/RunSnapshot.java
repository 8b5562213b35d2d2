package dev.rlmbeam.transforms;

import dev.rlmbeam.transforms.model.ModelUsage;
import dev.rlmbeam.transforms.rlm.FailureClass;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How far a run has come in this JVM. Immutable; for a person's eyes, not for totals: a retried
 * bundle is counted twice here.
 *
 * @param begun elements that were given a slot
 * @param inFlight elements under way
 * @param answered results
 * @param failed failures of the transform
 * @param failuresByClass the same by class
 * @param firstFailures the first five, oldest first
 * @param modelCalls calls of any model that were answered
 * @param usage all models together
 * @param refusal what a service said that refused for good, if one did
 * @param brakeReached whether the run's brake on model calls was reached
 * @param stopped whether the run was told to stop
 * @param notices lines a person should read once ("isolation is element, because …")
 */
public record RunSnapshot(
    long begun,
    int inFlight,
    long answered,
    long failed,
    Map<FailureClass, Long> failuresByClass,
    List<RlmFailure> firstFailures,
    long modelCalls,
    ModelUsage usage,
    Optional<String> refusal,
    boolean brakeReached,
    boolean stopped,
    List<String> notices) {

  public RunSnapshot {
    failuresByClass = Map.copyOf(failuresByClass);
    firstFailures = List.copyOf(firstFailures);
    notices = List.copyOf(notices);
  }
}
