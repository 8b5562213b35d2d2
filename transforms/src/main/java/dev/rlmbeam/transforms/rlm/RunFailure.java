package dev.rlmbeam.transforms.rlm;

import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxLostException;
import dev.rlmbeam.sandbox.repl.ContextException;
import dev.rlmbeam.transforms.model.ModelException;

/** Ends a run without an answer; never leaves this package. */
final class RunFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final FailureClass errorClass;
  private final Stage stage;
  private final boolean retryable;

  RunFailure(FailureClass errorClass, Stage stage, String message) {
    super(message);
    this.errorClass = errorClass;
    this.stage = stage;
    this.retryable = false;
  }

  private RunFailure(
      FailureClass errorClass, Stage stage, String message, boolean retryable, Throwable cause) {
    super(message, cause);
    this.errorClass = errorClass;
    this.stage = stage;
    this.retryable = retryable;
  }

  FailureClass errorClass() {
    return errorClass;
  }

  Stage stage() {
    return stage;
  }

  boolean retryable() {
    return retryable;
  }

  /** The message; a {@code RunFailure} is never without one. */
  String text() {
    String message = getMessage();
    return message == null ? "" : message;
  }

  static RunFailure deadline(Deadline deadline, Stage stage, String doing) {
    return new RunFailure(
        FailureClass.DEADLINE,
        stage,
        "the task took longer than its "
            + ReplOutput.seconds(deadline.total())
            + " (elementTimeout) while "
            + doing
            + "; raise elementTimeout, or make the question or the context smaller");
  }

  static RunFailure of(ContextException e) {
    return new RunFailure(
        FailureClass.CONTEXT_INVALID, Stage.CONTEXT, placed(e.place(), said(e)), false, e);
  }

  private static String placed(String place, String said) {
    return said.contains(place) ? said : place + ": " + said;
  }

  static RunFailure of(SandboxException e, Stage stage) {
    boolean lost = stage != Stage.SANDBOX || e instanceof SandboxLostException;
    return new RunFailure(
        lost ? FailureClass.SANDBOX_LOST : FailureClass.SANDBOX_UNAVAILABLE,
        stage,
        said(e),
        e.retryable(),
        e);
  }

  /**
   * Of a model's exception. Not retryable: the model's client has tried again already, and another
   * run would pay for all earlier turns once more.
   */
  static RunFailure of(ModelException e, String model, Stage stage) {
    return new RunFailure(classOf(e.kind()), stage, model + ": " + said(e), false, e);
  }

  static RunFailure internal(RuntimeException e, Stage stage) {
    return new RunFailure(
        FailureClass.INTERNAL,
        stage,
        "unexpected " + e.getClass().getName() + ": " + said(e) + "; this is a bug, see the log",
        false,
        e);
  }

  private static FailureClass classOf(ModelException.Kind kind) {
    return switch (kind) {
      case REFUSED -> FailureClass.MODEL_REFUSED;
      case BAD_REQUEST -> FailureClass.MODEL_BAD_REQUEST;
      case RATE_LIMITED -> FailureClass.MODEL_RATE_LIMITED;
      case UNAVAILABLE -> FailureClass.MODEL_UNAVAILABLE;
      case TIMEOUT -> FailureClass.MODEL_TIMEOUT;
      case BAD_RESPONSE -> FailureClass.MODEL_BAD_RESPONSE;
      case RUN_LIMIT -> FailureClass.RUN_LIMIT;
    };
  }

  static String said(Throwable e) {
    String message = e.getMessage();
    return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
  }
}
