package dev.rlmbeam.transforms.model;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ModelSettingsTest {

  @Test
  void hasTheDocumentedDefaults() {
    ModelSettings settings = ModelSettings.defaults();

    assertThat(settings.baseUrl()).isEmpty();
    assertThat(settings.apiKey()).isEmpty();
    assertThat(settings.timeout()).isEqualTo(Duration.ofMinutes(5));
    assertThat(settings.maxConnections()).isEqualTo(64);
    assertThat(settings.maxRetries()).isEqualTo(4);
    assertThat(settings.extraBody()).isEqualTo("{}");
    assertThat(settings.mergeMessages()).isFalse();
  }

  @Test
  void aCopyKeepsEverySetting() {
    ModelSettings settings =
        ModelSettings.builder()
            .baseUrl("http://h/v1")
            .apiKey(SecretRef.parse("env:K"))
            .timeout(Duration.ofSeconds(7))
            .maxConnections(3)
            .maxRetries(0)
            .extraBody("{\"temperature\":0}")
            .mergeMessages(true)
            .build();

    ModelSettings copy = settings.toBuilder().build();

    assertThat(copy.baseUrl()).hasValue("http://h/v1");
    assertThat(copy.apiKey()).hasValue(SecretRef.parse("env:K"));
    assertThat(copy.timeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(copy.maxConnections()).isEqualTo(3);
    assertThat(copy.maxRetries()).isEqualTo(0);
    assertThat(copy.extraBody()).isEqualTo("{\"temperature\":0}");
    assertThat(copy.mergeMessages()).isTrue();
    assertThat(copy.toString()).isEqualTo(settings.toString());
  }

  @Test
  void namesTheSettingThatIsWrong() {
    assertThat(refusal(s -> s.timeout(Duration.ZERO))).contains("timeout must be above 0");
    assertThat(refusal(s -> s.maxConnections(0))).contains("maxConnections must be 1 to 10000");
    assertThat(refusal(s -> s.maxRetries(-1))).contains("maxRetries must be 0 to 100, but was -1");
    assertThat(refusal(s -> s.extraBody("{x"))).contains("no JSON");
    assertThat(refusal(s -> s.extraBody("[1]"))).contains("must be a JSON object");
    assertThat(refusal(s -> s.extraBody(""))).contains("must be a JSON object");
    assertThat(refusal(s -> s.extraBody("{\"stream\":true}"))).contains("may not set stream");
    assertThat(refusal(s -> s.baseUrl("localhost:1"))).contains("base URL");
  }

  private static String refusal(UnaryOperator<ModelSettings.Builder> change) {
    ModelSettings.Builder builder = change.apply(ModelSettings.builder());
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, builder::build).getMessage());
  }
}
