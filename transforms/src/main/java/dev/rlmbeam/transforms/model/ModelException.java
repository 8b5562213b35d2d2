package dev.rlmbeam.transforms.model;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A model gave no usable response. The kind decides what follows, never the message. */
public final class ModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  public enum Kind {
    /**
     * The service refuses this configuration for good (wrong key, unknown model, no quota): no
     * further call can succeed.
     */
    REFUSED,
    /** This one request was not accepted (too long, filtered); others may be. */
    BAD_REQUEST,
    /** Rate limit that lasted through all retries. */
    RATE_LIMITED,
    /** The service failed (5xx, reset, unreachable) through all retries. */
    UNAVAILABLE,
    /** No response in time. */
    TIMEOUT,
    /**
     * A response came, but not one that can be used (no JSON, no choices, cut off in the middle).
     */
    BAD_RESPONSE,
    /** The run's brake: no more calls are allowed. */
    RUN_LIMIT
  }

  private final Kind kind;
  private final int status;
  private final ModelUsage usage;

  /**
   * Without a cause.
   *
   * @param status the HTTP status, or 0 when there was none
   */
  public ModelException(Kind kind, int status, String message) {
    super(message);
    this.kind = kind;
    this.status = status;
    this.usage = ModelUsage.NONE;
  }

  /**
   * With a cause, whose message must hold no key.
   *
   * @param status the HTTP status, or 0 when there was none
   */
  public ModelException(Kind kind, int status, String message, Throwable cause) {
    this(kind, status, message, cause, ModelUsage.NONE);
  }

  /**
   * With what the failed attempts were charged all the same.
   *
   * @param status the HTTP status, or 0 when there was none
   */
  public ModelException(
      Kind kind, int status, String message, @Nullable Throwable cause, ModelUsage usage) {
    super(message, cause);
    this.kind = kind;
    this.status = status;
    this.usage = usage;
  }

  /** What the service charged for attempts that came to nothing, as far as it said. */
  public ModelUsage usage() {
    return usage;
  }

  /** What went wrong. */
  public Kind kind() {
    return kind;
  }

  /** The HTTP status, if the service answered. */
  public OptionalInt status() {
    return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
  }

  /** True when no further call with this configuration can succeed. */
  public boolean fatal() {
    return kind == Kind.REFUSED;
  }
}
