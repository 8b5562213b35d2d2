package dev.rlmbeam.transforms.rlm;

/** Where in its way a task failed. */
public enum Stage {
  /** Reading or checking the input row. */
  INPUT,
  /** Reading the context or loading it into the sandbox. */
  CONTEXT,
  /** Getting a sandbox and a session in it. */
  SANDBOX,
  /** Running the setup code. */
  SETUP,
  /** Asking the root model. */
  MODEL,
  /** Running a code block. */
  EXECUTE,
  /** Asking the sub-model for the code. */
  SUB_CALL,
  /** Not in the element's own way: the run was stopped or braked, or its bundle was aborted. */
  RUN
}
