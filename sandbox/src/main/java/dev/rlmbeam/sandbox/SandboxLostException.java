package dev.rlmbeam.sandbox;

/** A sandbox that had been open has ended or cannot be reached any more; another one may do. */
public final class SandboxLostException extends SandboxException {
  private static final long serialVersionUID = 1L;

  public SandboxLostException(String sandboxId, String message) {
    super(sandboxId, true, message);
  }

  public SandboxLostException(String sandboxId, String message, Throwable cause) {
    super(sandboxId, true, message, cause);
  }
}
