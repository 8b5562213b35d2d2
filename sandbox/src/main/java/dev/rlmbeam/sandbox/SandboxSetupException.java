package dev.rlmbeam.sandbox;

/**
 * No sandbox can be opened with this configuration on this machine; trying again does not help. The
 * message says the cure.
 */
public final class SandboxSetupException extends SandboxException {
  private static final long serialVersionUID = 1L;

  public SandboxSetupException(String message) {
    super("", false, message);
  }

  public SandboxSetupException(String message, Throwable cause) {
    super("", false, message, cause);
  }
}
