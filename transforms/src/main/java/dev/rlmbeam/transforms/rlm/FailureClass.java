package dev.rlmbeam.transforms.rlm;

/** What went wrong with a task. The class decides what follows, never the message. */
public enum FailureClass {
  /** The input row is not usable: no JSON, a missing field, too long. */
  INPUT_INVALID,
  /** The context cannot be read, is not what it claims to be, or is too large. */
  CONTEXT_INVALID,
  /** No sandbox or no session in one was to be had. */
  SANDBOX_UNAVAILABLE,
  /** The sandbox ended or could not be reached any more. */
  SANDBOX_LOST,
  /** The setup code raised, ended the process or took too long. */
  SETUP_FAILED,
  /** The model service refuses this configuration for good: key, model name, quota. */
  MODEL_REFUSED,
  /** The model service did not accept this one request. */
  MODEL_BAD_REQUEST,
  /** A rate limit lasted through all retries. */
  MODEL_RATE_LIMITED,
  /** The model service failed or could not be reached, through all retries. */
  MODEL_UNAVAILABLE,
  /** The model did not answer within its timeout. */
  MODEL_TIMEOUT,
  /** The model's answer could not be used. */
  MODEL_BAD_RESPONSE,
  /** The model's replies were empty, several times in a row. */
  MODEL_EMPTY,
  /** The task took longer than its element timeout. */
  DEADLINE,
  /** The run's brake on model calls was reached. */
  RUN_LIMIT,
  /** The run was ended before the task was through. */
  CANCELLED,
  /** A mistake of this program. */
  INTERNAL
}
