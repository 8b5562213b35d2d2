package dev.rlmbeam.sandbox.modal;

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
    ModalException.Kind kind = ModalException.Kind.of(e.getStatus().getCode());
    String id = config.token().id();
    String hint =
        switch (kind) {
          case AUTHENTICATION ->
              "; the token "
                  + id
                  + " is unknown, revoked or expired, or this machine's clock is wrong: run modal"
                  + " token new, and look at the time";
          case PERMISSION -> "; the token " + id + " may not do this";
          case SERVICE -> "; is " + config.serverUrl() + " right, and can it be reached from here?";
          default -> "";
        };
    return new ModalException(
        kind, call, sandboxId, "Modal refused " + call + ": " + describe(e) + hint, e);
  }

  static String describe(StatusRuntimeException e) {
    String description = e.getStatus().getDescription();
    Throwable cause = e.getStatus().getCause();
    String text = e.getStatus().getCode() + (description == null ? "" : ", " + description);
    return cause == null ? text : text + " (" + cause + ")";
  }
}
