package dev.rlmbeam.pipelines.schema;

import dev.rlmbeam.pipelines.options.OptionTable.Option;
import dev.rlmbeam.pipelines.options.RlmOptions;
import dev.rlmbeam.pipelines.options.RlmPlan;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.transforms.RlmTransform;
import java.io.Serializable;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.jspecify.annotations.Nullable;

/**
 * A configuration, read and checked. Immutable.
 *
 * @param rlm what its options describe
 * @param input which fields of a row are what
 * @param errors name of the collection of failures
 * @param runId of the run
 */
record Configuration(RlmTransform rlm, InputFields input, String errors, String runId)
    implements Serializable {

  /**
   * Reads and checks a configuration, by the very checks of the command line. Nothing is opened or
   * called.
   *
   * @throws UsageException that names the key or the option, its value and what is allowed
   */
  static Configuration of(Map<String, ? extends @Nullable Object> given) {
    Map<String, Object> values = ConfigurationValues.byKey(given);
    RlmOptions options = PipelineOptionsFactory.as(RlmOptions.class);
    ConfigurationKeys.ofOptions()
        .forEach(
            (key, option) -> {
              Object value = values.get(key);
              if (value != null) {
                set(options, option, ConfigurationValues.ofOption(option, value));
              }
            });
    String runId = "run-" + UUID.randomUUID();
    return new Configuration(
        RlmPlan.of(options).transform().withRunId(runId),
        InputFields.of(values),
        errors(values.get(ConfigurationKeys.ERROR_HANDLING)),
        runId);
  }

  private static void set(RlmOptions options, Option option, Object value) {
    String setter =
        "set" + Character.toUpperCase(option.name().charAt(0)) + option.name().substring(1);
    try {
      RlmOptions.class.getMethod(setter, option.type()).invoke(options, value);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("an option has a setter: " + option.name(), e);
    }
  }

  private static String errors(@Nullable Object handling) {
    if (handling == null) {
      return RlmSchemaTransformProvider.ERRORS;
    }
    String key = ConfigurationKeys.ERROR_HANDLING;
    if (!(handling instanceof Map<?, ?> fields)
        || !fields.keySet().equals(Set.of(ConfigurationKeys.ERROR_OUTPUT))) {
      throw new UsageException(
          "The configuration key '" + key + "' has to be a mapping with the field output alone.");
    }
    String output =
        ConfigurationValues.name(key + ".output", fields.get(ConfigurationKeys.ERROR_OUTPUT));
    if (output.equals(RlmSchemaTransformProvider.OUTPUT)) {
      throw new UsageException(
          "The configuration key '"
              + key
              + ".output' is '"
              + output
              + "', which is the name of the collection of results; give another.");
    }
    return output;
  }
}
