package dev.rlmbeam.sandbox.repl;

import dev.rlmbeam.sandbox.SandboxException;

/** A session named a context that the sandbox does not hold: upload it again. */
public final class ContextMissingException extends SandboxException {
  private static final long serialVersionUID = 1L;

  private final String sha256;

  ContextMissingException(String sandboxId, String sha256, Throwable cause) {
    super(
        sandboxId,
        true,
        "sandbox " + sandboxId + " does not hold context " + sha256 + " (any more)",
        cause);
    this.sha256 = sha256;
  }

  /** The missing context. */
  public String sha256() {
    return sha256;
  }
}
