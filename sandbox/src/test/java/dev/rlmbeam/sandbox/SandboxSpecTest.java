package dev.rlmbeam.sandbox;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SandboxSpecTest {
  private static final SandboxSpec SPEC = SandboxSpec.defaults();

  @Test
  void hasTheDefaultsThatItPromises() {
    assertThat(SPEC.timeout()).isEqualTo(Duration.ofMinutes(10));
    assertThat(SPEC.lease()).isEqualTo(Duration.ofSeconds(60));
    assertThat(SPEC.grace()).isEqualTo(Duration.ofSeconds(2));
    assertThat(SPEC.sessionMemoryMib()).isEqualTo(2048);
    assertThat(SPEC.diskMib()).isEqualTo(1024);
    assertThat(SPEC.outputBytes()).isEqualTo(262_144);
    assertThat(SPEC.environment()).isEmpty();
  }

  @Test
  void refusesLimitsOutOfRangeWithTheirValue() {
    assertRefused(() -> SPEC.withLease(Duration.ofSeconds(2)), "lease must be 3 s to 10 min");
    assertRefused(() -> SPEC.withLease(Duration.ofMinutes(11)), "but was PT11M");
    assertRefused(() -> SPEC.withGrace(Duration.ofSeconds(61)), "grace must be 0 to 60 s");
    assertRefused(() -> SPEC.withSessionMemoryMib(63), "sessionMemoryMib must be >= 64");
    assertRefused(() -> SPEC.withDiskMib(15), "diskMib must be >= 16, but was 15");
  }

  @Test
  void refusesVariablesThatAreTheAgentsOwnOrNone() {
    assertRefused(() -> withVariable("RLM_AGENT_CONFIG", "x"), "RLM_AGENT_CONFIG");
    assertRefused(() -> withVariable("MODAL_TOKEN_ID", "x"), "MODAL_TOKEN_ID");
    assertRefused(() -> withVariable("A=B", "x"), "A=B");
    assertRefused(() -> withVariable("A", "x\0y"), "variable A");
  }

  private static SandboxSpec withVariable(String name, String value) {
    return SPEC.withEnvironment(Map.of(name, value));
  }

  private static void assertRefused(Runnable making, String words) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, making::run);
    assertThat(e).hasMessageThat().contains(words);
  }
}
