package dev.rlmbeam.transforms.rlm;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RlmSettingsTest {

  @Test
  void hasTheDocumentedDefaults() {
    RlmSettings settings = RlmSettings.defaults();

    assertThat(settings.maxTurns()).isEqualTo(30);
    assertThat(settings.elementTimeout()).isEqualTo(Duration.ofMinutes(5));
    assertThat(settings.maxSubCalls()).isEqualTo(1000);
    assertThat(settings.blockTimeout()).isEqualTo(Duration.ofMinutes(2));
    assertThat(settings.modelTimeout()).isEqualTo(Duration.ofMinutes(5));
    assertThat(settings.setupCode()).isEmpty();
    assertThat(settings.systemPrompt()).isEmpty();
  }

  @Test
  void refusesWhatCannotWork() {
    RlmSettings settings = RlmSettings.defaults();

    assertRefused(() -> settings.withMaxTurns(0), "maxTurns must be >= 1, but was 0");
    assertRefused(() -> settings.withMaxSubCalls(-1), "maxSubCalls must be >= 0, but was -1");
    assertRefused(
        () -> settings.withElementTimeout(Duration.ZERO),
        "elementTimeout must be > 0, but was PT0S");
    assertRefused(
        () -> settings.withBlockTimeout(Duration.ofSeconds(-1)),
        "blockTimeout must be > 0, but was PT-1S");
    assertRefused(
        () -> settings.withModelTimeout(Duration.ZERO), "modelTimeout must be > 0, but was PT0S");
  }

  @Test
  void survivesSerialisation() throws IOException, ClassNotFoundException {
    RlmSettings settings =
        RlmSettings.defaults().withMaxTurns(3).withSetupCode("x = 1").withSystemPrompt("{p}");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(settings);
    }

    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(settings);
    }
  }

  private static void assertRefused(Runnable making, String message) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, making::run);
    assertThat(e).hasMessageThat().isEqualTo(message);
  }
}
