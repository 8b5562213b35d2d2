package dev.rlmbeam.sandbox.testing.emulator;

import dev.rlmbeam.sandbox.modal.proto.GenericResult;
import dev.rlmbeam.sandbox.modal.proto.GenericResult.GenericStatus;
import java.util.OptionalInt;

/** How things end. */
final class Results {
  private Results() {}

  static final GenericResult SUCCESS =
      GenericResult.newBuilder().setStatus(GenericStatus.GENERIC_STATUS_SUCCESS).build();

  static GenericResult of(GenericStatus status, String exception) {
    return GenericResult.newBuilder().setStatus(status).setException(exception).build();
  }

  /** A process that ended by itself. */
  static GenericResult exit(int code) {
    return code == 0
        ? SUCCESS
        : GenericResult.newBuilder()
            .setStatus(GenericStatus.GENERIC_STATUS_FAILURE)
            .setExitcode(code)
            .build();
  }

  /** What Modal's SDKs make of it. */
  static OptionalInt exitCode(GenericResult result) {
    return switch (result.getStatus()) {
      case GENERIC_STATUS_UNSPECIFIED -> OptionalInt.empty();
      case GENERIC_STATUS_TIMEOUT -> OptionalInt.of(124);
      case GENERIC_STATUS_TERMINATED -> OptionalInt.of(137);
      default -> OptionalInt.of(result.getExitcode());
    };
  }
}
