package dev.rlmbeam.transforms.rlm;

/** Why an RLM that has an answer stopped. */
public enum StopReason {
  /** The code set {@code answer["ready"] = True}. */
  ANSWERED,
  /** All turns were used; the root model was asked for its answer directly. */
  MAX_TURNS
}
