package dev.rlmbeam.sandbox;

/** Something went wrong with a sandbox. Carries which one, and whether another try can help. */
public class SandboxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String sandboxId;
  private final boolean retryable;

  public SandboxException(String sandboxId, boolean retryable, String message) {
    super(message);
    this.sandboxId = sandboxId;
    this.retryable = retryable;
  }

  public SandboxException(String sandboxId, boolean retryable, String message, Throwable cause) {
    super(message, cause);
    this.sandboxId = sandboxId;
    this.retryable = retryable;
  }

  /** The sandbox, or an empty string when none was open yet. */
  public String sandboxId() {
    return sandboxId;
  }

  /** True when the same work can succeed in another sandbox. */
  public boolean retryable() {
    return retryable;
  }
}
