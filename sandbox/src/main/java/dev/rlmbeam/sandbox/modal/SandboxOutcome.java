package dev.rlmbeam.sandbox.modal;

import dev.rlmbeam.sandbox.modal.proto.GenericResult;
import java.util.Locale;
import java.util.Optional;

/** How a sandbox of Modal's ended. Immutable. */
record SandboxOutcome(GenericResult.GenericStatus status, int exitCode, String reason) {
  private static final String UNKNOWN = "Modal does not know it any more";

  /** Of Modal's answer; empty while the sandbox runs. */
  static Optional<SandboxOutcome> of(GenericResult result) {
    return result.getStatus() == GenericResult.GenericStatus.GENERIC_STATUS_UNSPECIFIED
        ? Optional.empty()
        : Optional.of(
            new SandboxOutcome(result.getStatus(), result.getExitcode(), result.getException()));
  }

  /** A sandbox that Modal does not know any more. */
  static SandboxOutcome unknown() {
    return new SandboxOutcome(GenericResult.GenericStatus.GENERIC_STATUS_TERMINATED, 0, UNKNOWN);
  }

  /** Whether nothing is known but that Modal does not know it. */
  boolean isUnknown() {
    return reason.equals(UNKNOWN);
  }

  /**
   * What is wrong with the image, where that is why the agent could not be started; no other
   * sandbox of it would do better.
   */
  Optional<String> faultOfImage() {
    boolean initFailure = status == GenericResult.GenericStatus.GENERIC_STATUS_INIT_FAILURE;
    boolean ended = initFailure || status == GenericResult.GenericStatus.GENERIC_STATUS_FAILURE;
    boolean notFound = ended && (exitCode == 126 || exitCode == 127);
    if (notFound || (initFailure && reason.contains("python3"))) {
      return Optional.of(
          "the image has no python3 that can be started; use one with Python 3.8 or newer");
    }
    if (status == GenericResult.GenericStatus.GENERIC_STATUS_FAILURE && exitCode == 3) {
      return Optional.of("the image's python3 is older than 3.8; use one with a newer Python");
    }
    if (status == GenericResult.GenericStatus.GENERIC_STATUS_FAILURE && exitCode == 2) {
      return Optional.of(
          "the agent could not set itself up in the image: it needs a /tmp that it can write to,"
              + " and port "
              + SandboxOrder.PORT);
    }
    return Optional.empty();
  }

  String describe() {
    String how =
        switch (status) {
          case GENERIC_STATUS_SUCCESS -> "its agent ended";
          case GENERIC_STATUS_FAILURE -> "its agent ended with exit code " + exitCode;
          case GENERIC_STATUS_TERMINATED -> "it was terminated";
          case GENERIC_STATUS_TIMEOUT -> "its life was over";
          case GENERIC_STATUS_IDLE_TIMEOUT -> "it was idle for too long";
          case GENERIC_STATUS_MEMORY_MANAGER_EVICTION -> "it was evicted for its use of memory";
          case GENERIC_STATUS_INIT_FAILURE -> "it could not be started";
          default -> status.name().toLowerCase(Locale.ROOT);
        };
    return reason.isEmpty() ? how : how + " (" + reason + ")";
  }
}
