package dev.rlmbeam.transforms.model;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.transforms.model.offline.OfflineModelFactory;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelSpecTest {

  @ParameterizedTest
  @CsvSource({
    "openai/gpt-4o-mini, gpt-4o-mini",
    "openai:gpt-4o-mini, gpt-4o-mini",
    "openai/meta-llama/Llama-3.1-8B:free, meta-llama/Llama-3.1-8B:free",
    "openai:openai/gpt-4o, openai/gpt-4o",
    "openai/openai/gpt-4o, openai/gpt-4o",
  })
  void leavesTheRestOfTheNameUntouched(String model, String name) {
    assertThat(parse(model, ModelSettings.defaults(), Map.of()).modelName()).isEqualTo(name);
  }

  @Test
  void knowsTheOfflineModel() {
    ModelFactory factory = parse("offline", ModelSettings.defaults(), Map.of());

    assertThat(factory).isInstanceOf(OfflineModelFactory.class);
    assertThat(factory.modelName()).isEqualTo("offline");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-4o", "anthropic/claude", "openai/", "openai", "", "Offline"})
  void namesTheFormsForAnythingElse(String model) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> parse(model, ModelSettings.defaults(), Map.of()));

    assertThat(e).hasMessageThat().contains("offline, openai/NAME or openai:NAME");
    assertThat(e).hasMessageThat().contains("\"" + model + "\"");
  }

  @Test
  void takesTheBaseUrlFromTheEnvironmentUnlessOneIsSet() {
    Map<String, String> environment = Map.of("OPENAI_BASE_URL", "http://env:1/v1");
    ModelSettings set = ModelSettings.builder().baseUrl("http://set:1/v1").build();

    assertThat(baseUrl(parse("openai/m", ModelSettings.defaults(), environment)))
        .hasValue("http://env:1/v1");
    assertThat(baseUrl(parse("openai/m", set, environment))).hasValue("http://set:1/v1");
    assertThat(baseUrl(parse("openai/m", ModelSettings.defaults(), Map.of()))).isEmpty();
  }

  @Test
  void saysWhichVariableIsWrong() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                parse("openai/m", ModelSettings.defaults(), Map.of("OPENAI_BASE_URL", "nowhere")));

    assertThat(e).hasMessageThat().startsWith("OPENAI_BASE_URL: ");
  }

  private static Optional<String> baseUrl(ModelFactory factory) {
    return ((OpenAiModelFactory) factory).settings().baseUrl();
  }

  private static ModelFactory parse(
      String model, ModelSettings settings, Map<String, String> environment) {
    return ModelSpec.parse(model, settings, name -> Optional.ofNullable(environment.get(name)));
  }
}
