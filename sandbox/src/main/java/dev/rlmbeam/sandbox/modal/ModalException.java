package dev.rlmbeam.sandbox.modal;

import dev.rlmbeam.sandbox.SandboxException;
import io.grpc.Status;

/** Modal refused a call, or could not be reached. Says which call, and whether a retry helps. */
public final class ModalException extends SandboxException {
  private static final long serialVersionUID = 1L;

  /** What kind of trouble it is; the same kinds as in Modal's own SDKs. */
  public enum Kind {
    /** The request is wrong. */
    INVALID,
    /** What it names is not there. */
    NOT_FOUND,
    /** The name is taken. */
    ALREADY_EXISTS,
    /** The token may not do this. */
    PERMISSION,
    /** The token is unknown, revoked or expired. */
    AUTHENTICATION,
    /** A limit of the workspace is reached, or Modal is too busy. */
    EXHAUSTED,
    /** The state of things does not allow it. */
    CONFLICT,
    /** This Modal does not know the call. */
    UNIMPLEMENTED,
    /** What answers in Modal's place shows a certificate that nobody here vouches for. */
    CERTIFICATE,
    /** Modal could not be reached, or did not answer in time. */
    SERVICE,
    /** A fault of Modal's. */
    INTERNAL;

    static Kind of(Status.Code code) {
      return switch (code) {
        case INVALID_ARGUMENT, OUT_OF_RANGE -> INVALID;
        case NOT_FOUND -> NOT_FOUND;
        case ALREADY_EXISTS -> ALREADY_EXISTS;
        case PERMISSION_DENIED -> PERMISSION;
        case UNAUTHENTICATED -> AUTHENTICATION;
        case RESOURCE_EXHAUSTED -> EXHAUSTED;
        case FAILED_PRECONDITION, ABORTED -> CONFLICT;
        case UNIMPLEMENTED -> UNIMPLEMENTED;
        case UNAVAILABLE, CANCELLED, UNKNOWN, DEADLINE_EXCEEDED -> SERVICE;
        case INTERNAL, DATA_LOSS, OK -> INTERNAL;
      };
    }

    boolean retryable() {
      return this == EXHAUSTED || this == SERVICE || this == INTERNAL;
    }
  }

  private final Kind kind;
  private final String call;

  ModalException(Kind kind, String call, String sandboxId, String message, Throwable cause) {
    super(sandboxId, kind.retryable(), message, cause);
    this.kind = kind;
    this.call = call;
  }

  /** What kind of trouble it is. */
  public Kind kind() {
    return kind;
  }

  /** The call, such as {@code SandboxCreateV2}. */
  public String call() {
    return call;
  }
}
