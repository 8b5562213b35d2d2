package dev.rlmbeam.sandbox.repl;

import dev.rlmbeam.sandbox.SandboxSetupException;
import java.io.IOException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

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
    for (Throwable cause = trouble; cause != null; cause = next(cause)) {
      if (cause instanceof CertificateException
          || cause instanceof CertPathBuilderException
          || cause instanceof CertPathValidatorException
          || cause instanceof SSLPeerUnverifiedException) {
        throw new SandboxSetupException(
            String.format(
                "the tunnel of sandbox %s shows a certificate that nobody here vouches for (%s); if"
                    + " a proxy on the way opens TLS, add its authority by"
                    + " --modalCaCertificate=FILE",
                sandboxId, cause.getMessage()),
            trouble);
      }
    }
  }

  private static @Nullable Throwable next(Throwable cause) {
    return cause.getCause() == cause ? null : cause.getCause();
  }
}
