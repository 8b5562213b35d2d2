package dev.rlmbeam.sandbox.modal;

import dev.rlmbeam.sandbox.TunnelTrust;
import io.grpc.StatusRuntimeException;

/** What a refused call means for whoever made it. Immutable. */
final class CallFailures {
  private final ModalConfig config;

  CallFailures(ModalConfig config) {
    this.config = config;
  }

  /**
   * The exception for it, with what to do.
   *
   * @param sandboxId what it was about; may be empty
   */
  ModalException of(String call, String sandboxId, StatusRuntimeException e) {
    ModalException.Kind kind =
        TunnelTrust.isRefusal(e)
            ? ModalException.Kind.CERTIFICATE
            : ModalException.Kind.of(e.getStatus().getCode());
    String id = config.token().id();
    String hint =
        switch (kind) {
          case AUTHENTICATION ->
              "; the token "
                  + id
                  + " is unknown, revoked or expired, or this machine's clock is wrong: run modal"
                  + " token new, and look at the time";
          case PERMISSION -> "; the token " + id + " may not do this";
          case CERTIFICATE ->
              "; nobody here vouches for the certificate of "
                  + config.serverUrl()
                  + ": if a proxy on the way opens TLS, add its authority by"
                  + " --modalCaCertificate=FILE";
          case SERVICE -> "; is " + config.serverUrl() + " right, and can it be reached from here?";
          default -> "";
        };
    boolean silent = kind == ModalException.Kind.SERVICE || kind == ModalException.Kind.CERTIFICATE;
    String what = silent ? "Modal did not answer " : "Modal refused ";
    return new ModalException(kind, call, sandboxId, what + call + ": " + describe(e) + hint, e);
  }

  static String describe(StatusRuntimeException e) {
    String description = e.getStatus().getDescription();
    Throwable cause = e.getStatus().getCause();
    String text = e.getStatus().getCode() + (description == null ? "" : ", " + description);
    return cause == null ? text : text + " (" + cause + ")";
  }
}
