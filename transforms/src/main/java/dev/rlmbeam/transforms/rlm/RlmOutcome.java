package dev.rlmbeam.transforms.rlm;

import java.util.Optional;

/** How one run of an RLM ended: with an answer or as a failure, and what it cost. Immutable. */
public sealed interface RlmOutcome permits RlmOutcome.Answered, RlmOutcome.Failed {

  /** What the run used, failed or not. */
  RunCost cost();

  /**
   * There is an answer.
   *
   * @param answer {@code str(answer["content"])}, or the text of the default answer
   */
  record Answered(String answer, StopReason stopReason, RunCost cost) implements RlmOutcome {}

  /**
   * There is none.
   *
   * @param message what was tried, on what, and what to do; may have several lines
   * @param partialAnswer {@code answer["content"]} if the code had set it, else the last response
   * @param retryable true when another run, in another sandbox, can succeed
   */
  record Failed(
      FailureClass errorClass,
      Stage stage,
      String message,
      Optional<String> partialAnswer,
      boolean retryable,
      RunCost cost)
      implements RlmOutcome {}
}
