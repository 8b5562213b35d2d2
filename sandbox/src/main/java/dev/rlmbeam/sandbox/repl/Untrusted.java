package dev.rlmbeam.sandbox.repl;

import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.TunnelTrust;
import java.io.IOException;

/**
 * Tells a certificate that is not believed from other troubles of a connection: it will be believed
 * no more at the next try.
 */
final class Untrusted {
  private Untrusted() {}

  /**
   * Passes over any other trouble.
   *
   * @throws SandboxSetupException that says the cure
   */
  static void check(String sandboxId, IOException trouble) {
    if (TunnelTrust.isRefusal(trouble)) {
      throw new SandboxSetupException(
          String.format(
              "the tunnel of sandbox %s shows a certificate that nobody here vouches for (%s); if a"
                  + " proxy on the way opens TLS, add its authority by --modalCaCertificate=FILE",
              sandboxId, trouble.getMessage()),
          trouble);
    }
  }
}
