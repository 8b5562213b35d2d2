package dev.rlmbeam.sandbox.modal;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.sandbox.modal.proto.GenericResult.GenericStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which ends are an image's fault. */
final class SandboxOutcomeTest {
  private static boolean faulty(GenericStatus status, int exitCode) {
    return new SandboxOutcome(status, exitCode, "").faultOfImage().isPresent();
  }

  @Test
  void anImageIsAtFaultOnlyWhereItsAgentEndedByItself() {
    for (int code : new int[] {2, 3, 126, 127}) {
      assertThat(faulty(GenericStatus.GENERIC_STATUS_FAILURE, code)).isTrue();
      for (GenericStatus status :
          List.of(
              GenericStatus.GENERIC_STATUS_TERMINATED,
              GenericStatus.GENERIC_STATUS_TIMEOUT,
              GenericStatus.GENERIC_STATUS_INTERNAL_FAILURE,
              GenericStatus.GENERIC_STATUS_MEMORY_MANAGER_EVICTION)) {
        assertThat(faulty(status, code)).isFalse();
      }
    }
    assertThat(faulty(GenericStatus.GENERIC_STATUS_FAILURE, 4)).isFalse();
    assertThat(faulty(GenericStatus.GENERIC_STATUS_SUCCESS, 0)).isFalse();
  }
}
