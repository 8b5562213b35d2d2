package dev.rlmbeam.pipelines.options;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import dev.rlmbeam.pipelines.cli.CommandLine;
import dev.rlmbeam.sandbox.Isolation;
import dev.rlmbeam.sandbox.local.LocalIsolation;
import dev.rlmbeam.transforms.ConfiguredTransform;
import dev.rlmbeam.transforms.model.ModelFactory;
import dev.rlmbeam.transforms.model.ModelSettings;
import dev.rlmbeam.transforms.model.OpenAiModelFactory;
import dev.rlmbeam.transforms.model.SecretRef;
import dev.rlmbeam.transforms.rlm.RlmSettings;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each option of {@link RlmOptions} arrives at the transform. */
final class OptionWiringTest {
  /** All of them, none with its default. */
  private static final Map<String, String> ALL = new LinkedHashMap<>();

  static {
    ALL.put("model", "openai/root-name");
    ALL.put("subModel", "openai:sub-name");
    ALL.put("modelBaseUrl", "https://models.invalid/v2");
    ALL.put("modelApiKey", "env:SOME_KEY");
    ALL.put("modelBody", "{\"temperature\":0.5}");
    ALL.put("mergeMessages", "true");
    ALL.put("modelTimeout", "301s");
    ALL.put("maxConnections", "65");
    ALL.put("maxRetries", "5");
    ALL.put("runMaxModelCalls", "11");
    ALL.put("maxTurns", "31");
    ALL.put("elementTimeout", "302s");
    ALL.put("blockTimeout", "121s");
    ALL.put("maxSubCalls", "1001");
    ALL.put("setupCode", "import math");
    ALL.put("systemPrompt", "Answer {well}.");
    ALL.put("isolation", "element");
    ALL.put("sandboxTimeout", "1111s");
    ALL.put("localIsolation", "none");
    ALL.put("python", "/opt/python3");
    ALL.put("sessionsPerSandbox", "9");
    ALL.put("maxSandboxes", "10");
    ALL.put("maxSandboxLosses", "4");
    ALL.put("sessionMemoryMib", "2049");
    ALL.put("leaseSeconds", "61");
    ALL.put("maxInFlight", "63");
  }

  @Test
  void noneIsMissingAndNoneHasItsDefault() throws ReflectiveOperationException {
    RlmOptions defaults = options(Map.of());
    RlmOptions others = options(ALL);
    for (Method getter : RlmOptions.class.getMethods()) {
      if (getter.getDeclaringClass().getName().startsWith("dev.rlmbeam.")
          && !getter.getDeclaringClass().getSimpleName().startsWith("Modal") // ModalWiringTest
          && !getter.getName().equals("getSandbox")
          && getter.getParameterCount() == 0) {
        assertWithMessage("%s", getter.getName())
            .that(getter.invoke(others))
            .isNotEqualTo(getter.invoke(defaults));
      }
    }
  }

  @Test
  void modelsAreCalledAsTheOptionsSay() {
    ConfiguredTransform made = transform(ALL);

    assertThat(made.rootModel().modelName()).isEqualTo("root-name");
    assertThat(made.subModel().modelName()).isEqualTo("sub-name");
    for (ModelFactory model : List.of(made.rootModel(), made.subModel())) {
      ModelSettings settings = ((OpenAiModelFactory) model).settings();
      assertThat(settings.baseUrl()).isEqualTo(Optional.of("https://models.invalid/v2"));
      assertThat(settings.apiKey().map(SecretRef::toString)).isEqualTo(Optional.of("env:SOME_KEY"));
      assertThat(settings.extraBody()).isEqualTo("{\"temperature\":0.5}");
      assertThat(settings.mergeMessages()).isTrue();
      assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(301));
      assertThat(settings.maxConnections()).isEqualTo(65);
      assertThat(settings.maxRetries()).isEqualTo(5);
    }
    assertThat(made.subCallThreads()).isEqualTo(65);
    assertThat(made.runMaxModelCalls()).isEqualTo(11);
    assertThat(made.maxAttempts()).isEqualTo(4);
  }

  @Test
  void elementsAreWorkedOnAsTheOptionsSay() {
    ConfiguredTransform made = transform(ALL);

    assertThat(made.settings())
        .isEqualTo(
            new RlmSettings(
                31,
                Duration.ofSeconds(302),
                1001,
                Duration.ofSeconds(121),
                Duration.ofSeconds(301),
                "import math",
                "Answer {well}."));
    assertThat(made.maxInFlight()).isEqualTo(63);
  }

  @Test
  void sandboxesAreAsTheOptionsSay() {
    ConfiguredTransform made = transform(ALL);

    assertThat(made.isolation()).isEqualTo(Isolation.ELEMENT);
    assertThat(made.sandboxes())
        .isEqualTo(new LocalSandboxesFactory(LocalIsolation.NONE, "/opt/python3", false));
    assertThat(made.sessionsPerSandbox()).isEqualTo(9);
    assertThat(made.maxSandboxes()).isEqualTo(10);
    assertThat(made.sandboxSpec().sessionMemoryMib()).isEqualTo(2049);
    assertThat(made.sandboxSpec().lease()).isEqualTo(Duration.ofSeconds(61));
    assertThat(made.sandboxSpec().timeout()).isEqualTo(Duration.ofSeconds(1111));
  }

  @Test
  void withoutAnyOneOfThemTheTransformIsAnother() {
    String complete = shown(transform(ALL));
    for (String left : ALL.keySet()) {
      Map<String, String> others = new LinkedHashMap<>(ALL);
      others.remove(left);

      assertWithMessage("without --%s", left).that(shown(transform(others))).isNotEqualTo(complete);
    }
  }

  @Test
  void sandboxesLiveForSeveralElementsUnlessToldOtherwise() {
    assertThat(transform(Map.of("elementTimeout", "302s")).sandboxSpec().timeout())
        .isEqualTo(Duration.ofSeconds(4 * 302));
  }

  @Test
  void asManySandboxesAsElementsUnlessToldOtherwise() {
    assertThat(transform(Map.of("maxInFlight", "63")).maxSandboxes()).isEqualTo(63);
  }

  private static String shown(ConfiguredTransform made) {
    return made + body(made.rootModel()) + body(made.subModel());
  }

  /** The one setting that its text leaves out, for the keys that may stand in it. */
  private static String body(ModelFactory model) {
    return model instanceof OpenAiModelFactory service ? service.settings().extraBody() : "";
  }

  private static ConfiguredTransform transform(Map<String, String> values) {
    return ConfiguredTransform.of(RlmPlan.of(options(values)).transform());
  }

  private static BatchOptions options(Map<String, String> values) {
    String[] arguments =
        values.entrySet().stream()
            .map(value -> "--" + value.getKey() + "=" + value.getValue())
            .toArray(String[]::new);
    return CommandLine.parse(BatchOptions.class, Arrays.asList(arguments));
  }
}
