package dev.rlmbeam.transforms;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.transforms.model.testing.ScriptedModel;
import dev.rlmbeam.transforms.rlm.RlmSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SandboxLifeTest {
  private static RlmTransform taking(Duration element) {
    return RlmTransform.answering(ScriptedModel.saying("m", "x").factory(), SetupFailures::open)
        .withSettings(RlmSettings.defaults().withElementTimeout(element));
  }

  private static SandboxSpec living(Duration life) {
    return SandboxSpec.defaults().withTimeout(life);
  }

  @Test
  void theDefaultLifeGrowsWithTheTimeOfAnElement() {
    assertThat(fitted(taking(Duration.ofMinutes(5)))).isEqualTo(Duration.ofMinutes(10));
    assertThat(fitted(taking(Duration.ofMinutes(40)))).isEqualTo(Duration.ofMinutes(80));
  }

  @Test
  void aLifeThatWasChosenTooShortIsRefused() {
    RlmTransform transform =
        taking(Duration.ofMinutes(5)).withSandboxSpec(living(Duration.ofSeconds(599)));

    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> fitted(transform));

    assertThat(refusal).hasMessageThat().contains("599 s is less than twice the elementTimeout");
    assertThat(refusal).hasMessageThat().contains("make it 600 s or more");
  }

  @Test
  void aLifeThatWasChosenLongEnoughStays() {
    RlmTransform transform =
        taking(Duration.ofMinutes(5)).withSandboxSpec(living(Duration.ofHours(1)));

    assertThat(fitted(transform)).isEqualTo(Duration.ofHours(1));
  }

  private static Duration fitted(RlmTransform transform) {
    return SandboxLife.fitting(transform.configuration()).sandboxSpec().timeout();
  }
}
