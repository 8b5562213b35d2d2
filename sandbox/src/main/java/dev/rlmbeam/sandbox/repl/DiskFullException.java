package dev.rlmbeam.sandbox.repl;

import dev.rlmbeam.sandbox.SandboxException;

/** A sandbox has no room for a context. Another sandbox may have. */
public final class DiskFullException extends SandboxException {
  private static final long serialVersionUID = 1L;

  DiskFullException(String sandboxId, String place, Throwable cause) {
    super(
        sandboxId,
        true,
        String.format(
            "sandbox %s has no room for the context from %s; give sandboxes more disk, or fewer"
                + " sessions each",
            sandboxId, place),
        cause);
  }
}
