package dev.rlmbeam.transforms.model;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One attempt at a call came to nothing. Says whether another may be made, and when. */
final class AttemptException extends Exception {
  private static final long serialVersionUID = 1L;

  private final ModelException.Kind kind;
  private final int status;
  private final boolean retryable;
  private final @Nullable Duration retryAfter;
  private final ModelUsage usage;

  AttemptException(ModelException.Kind kind, int status, boolean retryable, String message) {
    this(kind, status, retryable, message, null, ModelUsage.NONE);
  }

  AttemptException(
      ModelException.Kind kind,
      int status,
      boolean retryable,
      String message,
      @Nullable Duration retryAfter,
      ModelUsage usage) {
    super(message);
    this.kind = kind;
    this.status = status;
    this.retryable = retryable;
    this.retryAfter = retryAfter;
    this.usage = usage;
  }

  AttemptException because(Throwable cause) {
    initCause(cause);
    return this;
  }

  ModelException.Kind kind() {
    return kind;
  }

  int status() {
    return status;
  }

  boolean retryable() {
    return retryable;
  }

  /** How long the service asked to wait. */
  Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** What the service charged for the attempt, as far as it said. */
  ModelUsage usage() {
    return usage;
  }
}
