package dev.rlmbeam.pipelines.schema;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.pipelines.cli.CommandLine;
import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.options.RlmOptions;
import dev.rlmbeam.pipelines.options.RlmPlan;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.transforms.ConfiguredTransform;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.transforms.providers.JavaMapToFieldsTransformProvider;
import org.apache.beam.sdk.schemas.utils.YamlUtils;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a configuration may say, and what is said to one that is wrong. */
final class ConfigurationTest {
  private static final Schema SCHEMA = new RlmSchemaTransformProvider().configurationSchema();

  @Test
  void eachOptionOfARunIsAKey() {
    long options =
        Arrays.stream(RlmOptions.class.getMethods())
            .filter(method -> method.getDeclaringClass().getName().startsWith("dev.rlmbeam."))
            .filter(method -> method.getParameterCount() == 0)
            .count();

    assertThat(ConfigurationKeys.ofOptions()).hasSize((int) options);
    assertThat(SCHEMA.getFieldNames())
        .containsAtLeastElementsIn(ConfigurationKeys.ofOptions().keySet());
    assertThat(SCHEMA.getFieldNames()).containsAtLeast("model_base_url", "session_memory_mib");
    assertThat(SCHEMA.getFieldCount()).isEqualTo(options + 6);
    assertThat(SCHEMA.getFieldNames()).isInOrder();
  }

  @Test
  void eachKeyMayBeLeftOutAndIsDescribed() {
    for (Field field : SCHEMA.getFields()) {
      assertWithMessage(field.getName()).that(field.getType().getNullable()).isTrue();
      assertWithMessage(field.getName()).that(field.getDescription()).matches("[A-Za-z].{10,}\\.");
      assertWithMessage(field.getName()).that(field.getDescription()).doesNotContain("--");
    }
    assertThat(SCHEMA.getField("max_turns").getDescription())
        .isEqualTo("Turns of the root model for one element. Default: 30.");
    assertThat(SCHEMA.getField("max_turns").getType())
        .isEqualTo(FieldType.INT32.withNullable(true));
    assertThat(SCHEMA.getField("sessions_per_sandbox").getDescription())
        .contains("with isolation: bundle");
  }

  @Test
  void eachKeySaysTheSameAsItsOption() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("model", "openai/root-name");
    all.put("subModel", "openai:sub-name");
    all.put("modelBaseUrl", "https://models.invalid/v2");
    all.put("modelApiKey", "env:SOME_KEY");
    all.put("modelBody", "{\"temperature\":0.5}");
    all.put("mergeMessages", true);
    all.put("modelTimeout", "301s");
    all.put("maxConnections", 65);
    all.put("maxRetries", 5);
    all.put("runMaxModelCalls", 11L);
    all.put("maxTurns", 31);
    all.put("elementTimeout", "302");
    all.put("blockTimeout", "121s");
    all.put("maxSubCalls", 1001);
    all.put("setupCode", "import math");
    all.put("systemPrompt", "Answer {well}.");
    all.put("sandbox", "modal");
    all.put("sandboxTimeout", "1111s");
    all.put("sandboxRegions", List.of("us-east", "eu-west"));
    all.put("sandboxPipInstall", "six,dill");
    all.put("sandboxCpu", 0.5);
    all.put("sandboxCpuLimit", 2);
    all.put("sandboxMemoryMib", 512);
    all.put("sandboxMemoryLimitMib", 4096);
    all.put("sandboxApp", "other");
    all.put("sandboxImage", "python:3.12-slim");
    all.put("sandboxAptInstall", List.of("jq"));
    all.put("sandboxGpu", "A100");
    all.put("sandboxIdleTimeout", "90");
    all.put("sandboxWorkdir", "/opt");
    all.put("sandboxEnv", List.of("A=1"));
    all.put("sandboxSecrets", List.of("hub"));
    all.put("sandboxTags", List.of("team=law"));
    all.put("sandboxAllowCidrs", List.of("10.0.0.0/8"));
    all.put("sandboxAllowDomains", List.of("example.com"));
    all.put("sandboxInboundCidrs", List.of("192.0.2.0/24"));
    all.put("sandboxProxy", "out");
    all.put("sandboxCreatesPerSecond", 2.5);
    all.put("modalProfile", "work");
    all.put("modalToken", "env:TEAMS_TOKEN");
    all.put("modalEnvironment", "dev");
    all.put("modalServerUrl", "https://modal.invalid");
    all.put("isolation", "element");
    all.put("localIsolation", "none");
    all.put("python", "/opt/python3");
    all.put("sessionsPerSandbox", 9);
    all.put("maxSandboxes", 10);
    all.put("maxSandboxLosses", 4);
    all.put("sessionMemoryMib", 2049);
    all.put("leaseSeconds", 61);
    all.put("maxInFlight", 63);
    for (Map.Entry<String, Object> each : all.entrySet()) {
      Map<String, Object> values = new LinkedHashMap<>(all);
      values
          .keySet()
          .removeIf(
              name ->
                  !name.equals(each.getKey())
                      && !name.startsWith("model")
                      && !(name.equals("sandbox")
                          && each.getKey().matches("modal.*|.*CreatesPer.*")));

      assertWithMessage(each.getKey()).that(byKeys(values)).isEqualTo(byCommandLine(values));
      assertWithMessage(each.getKey()).that(byKeys(values)).isNotEqualTo(byKeys(Map.of()));
    }
    assertThat(byKeys(all)).isEqualTo(byCommandLine(all));
    // Those that name a file are not here: what is in it counts, and it would have to be there.
    assertThat(ConfigurationKeys.ofOptions()).hasSize(all.size() + 3);
  }

  @Test
  void whatIsNotGivenHasItsDefault() {
    String defaults =
        ConfiguredTransform.of(RlmPlan.of(PipelineOptionsFactory.as(RlmOptions.class)).transform())
            .toString();

    assertThat(byKeys(Map.of())).isEqualTo(defaults);
    assertThat(byKeys(ConfigurationValues.of(Row.nullRow(SCHEMA)))).isEqualTo(defaults);
  }

  @Test
  void aRowMayHaveOnlyTheFieldsThatItSets() {
    Schema few =
        Schema.builder().addInt64Field("max_turns").addStringField("element_timeout").build();
    Row row = Row.withSchema(few).addValues(7L, "90").build();

    assertThat(byKeys(ConfigurationValues.of(row)))
        .isEqualTo(byCommandLine(Map.of("maxTurns", 7, "elementTimeout", "90s")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "max_turns: 0 | --maxTurns=0: must be 1 or more.",
        "max_in_flight: 0 | --maxInFlight=0: must be 1 to 10000.",
        "isolation: none | --isolation=none: must be one of bundle, element.",
        "element_timeout: soon | --elementTimeout=soon: must be a time span above 0, such as 300s,"
            + " 5m or 1h.",
        "max_turns: many | --maxTurns=many: must be a whole number.",
        "max_turns: 1.5 | --maxTurns=1.5: must be a whole number.",
        "max_turns: 9999999999 | --maxTurns=9999999999: must be a whole number.",
        "merge_messages: 1 | --mergeMessages=1: must be true or false.",
      })
  void aWrongValueIsToldWhatTheCommandLineTells(String yaml, String message) {
    assertThat(problem(yaml)).isEqualTo(message);
    String argument = message.substring(0, message.indexOf(": must"));
    assertThat(
            assertThrows(
                UsageException.class,
                () -> RlmPlan.of(CommandLine.parse(BatchOptions.class, List.of(argument)))))
        .hasMessageThat()
        .isEqualTo(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "password: env:K | password | ",
        "max_turn: 3 | max_turn | max_turns",
        "maxTurn: 3 | maxTurn | max_turns",
        "context: text | context | ",
        "error_handeling: {output: bad} | error_handeling | error_handling",
      })
  void aKeyThatThereIsNotIsNamedWithTheNearest(String yaml, String wrong, String nearest) {
    String message = problem(yaml);

    assertThat(message).startsWith("There is no configuration key '" + wrong + "'");
    assertThat(message).contains("All keys: block_timeout, context_field, ");
    if (nearest != null) {
      assertThat(message).contains("; did you mean '" + nearest + "'?");
    } else {
      assertThat(message).doesNotContain("did you mean");
    }
  }

  @Test
  void aFieldOfARowThatIsNoKeyIsRefusedEvenWithoutAValue() {
    Schema other = Schema.builder().addNullableStringField("modle").build();

    UsageException e =
        assertThrows(
            UsageException.class, () -> new RlmSchemaTransformProvider().from(Row.nullRow(other)));

    assertThat(e).hasMessageThat().contains("did you mean 'model'?");
  }

  @ParameterizedTest
  @ValueSource(strings = {"max_turns: [3]", "max_turns: {a: 3}", "model_api_key: [sk-secret]"})
  void aValueOfAnotherKindIsRefusedWithoutBeingRepeated(String yaml) {
    assertThat(problem(yaml))
        .matches("--\\w+: must be a (whole number|text), not a (list|mapping)\\.");
  }

  @Test
  void aLiteralKeyIsRefusedWithoutBeingRepeated() {
    String message = problem("model_api_key: sk-very-secret");

    assertThat(message).startsWith("--modelApiKey: ");
    assertThat(message).contains("env:NAME");
    assertThat(message).doesNotContain("sk-very-secret");
  }

  @Test
  void bothSpellingsOfAKeyAreOne() {
    assertThat(byKeys(Map.of("max_turns", 7))).isEqualTo(byKeys(Map.of("maxTurns", 7)));
    assertThat(problem("{max_turns: 7, maxTurns: 8}"))
        .isEqualTo("The configuration key 'max_turns' is given twice.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "error_handling: errors | has to be a mapping with the field output alone",
        "error_handling: {} | has to be a mapping with the field output alone",
        "error_handling: {output: a, b: c} | has to be a mapping with the field output alone",
        "error_handling: {output: ''} | 'error_handling.output' has to be a name",
        "error_handling: {output: output} | which is the name of the collection of results",
        "query_field: '' | 'query_field' has to be a name",
        "id_field: 7 | 'id_field' has to be a name",
      })
  void namesHaveToBeNames(String yaml, String message) {
    assertThat(problem(yaml)).contains(message);
  }

  @Test
  void failuresGoWhereTheConfigurationSays() {
    assertThat(configuration("model: offline").errors()).isEqualTo("errors");
    assertThat(configuration("error_handling: {output: bad}").errors()).isEqualTo("bad");
    assertThat(configuration("errorHandling: {output: bad}").errors()).isEqualTo("bad");
  }

  @Test
  void errorHandlingHasTheFormOfBeamsOwn() {
    Schema beams = new JavaMapToFieldsTransformProvider().configurationSchema();
    FieldType own = SCHEMA.getField("error_handling").getType();

    assertThat(
            own.getRowSchema()
                .equivalent(beams.getField("error_handling").getType().getRowSchema()))
        .isTrue();
  }

  private static String byKeys(Map<String, ?> values) {
    return ConfiguredTransform.of(Configuration.of(values).rlm()).toString();
  }

  private static String byCommandLine(Map<String, Object> values) {
    List<String> arguments =
        values.entrySet().stream()
            .map(value -> "--" + value.getKey() + "=" + commaSeparated(value.getValue()))
            .toList();
    return ConfiguredTransform.of(
            RlmPlan.of(CommandLine.parse(BatchOptions.class, arguments)).transform())
        .toString();
  }

  private static String commaSeparated(Object value) {
    return value instanceof List<?> several
        ? several.stream().map(String::valueOf).collect(Collectors.joining(","))
        : value.toString();
  }

  private static Configuration configuration(String yaml) {
    return Configuration.of(YamlUtils.yamlStringToMap(yaml));
  }

  private static String problem(String yaml) {
    return assertThrows(
            UsageException.class,
            () -> new RlmSchemaTransformProvider().from(YamlUtils.yamlStringToMap(yaml)))
        .getMessage();
  }
}
