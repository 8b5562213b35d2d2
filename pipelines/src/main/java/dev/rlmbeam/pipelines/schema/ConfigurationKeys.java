package dev.rlmbeam.pipelines.schema;

import dev.rlmbeam.pipelines.options.EditDistance;
import dev.rlmbeam.pipelines.options.OptionTable;
import dev.rlmbeam.pipelines.options.OptionTable.Option;
import dev.rlmbeam.pipelines.options.RlmOptions;
import dev.rlmbeam.pipelines.options.UsageException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/**
 * The keys of a configuration: one for each option of a run, read from {@link RlmOptions} so that
 * none is declared twice, and those that only rows need.
 */
final class ConfigurationKeys {
  static final String ERROR_HANDLING = "error_handling";
  static final String ERROR_OUTPUT = "output";

  private static final Pattern CAPITAL = Pattern.compile("(?<=[a-z0-9])[A-Z]");
  private static final Pattern OPTION = Pattern.compile("--(\\w+)(?:=(\\w+))?");

  private static final Map<String, Option> OPTIONS = options();
  private static final Schema SCHEMA = makeSchema();

  private ConfigurationKeys() {}

  /** All keys, in the order of their names, each with its description. */
  static Schema schema() {
    return SCHEMA;
  }

  /** The options of a run, by key. */
  static Map<String, Option> ofOptions() {
    return OPTIONS;
  }

  /**
   * The key that is meant: itself, or its other spelling, {@code maxTurns} for {@code max_turns}.
   *
   * @throws UsageException that names the nearest key when there is no such one
   */
  static String require(String given) {
    String key = snakeCase(given);
    if (SCHEMA.hasField(key)) {
      return key;
    }
    throw new UsageException(
        "There is no configuration key '"
            + given
            + "'"
            + EditDistance.nearest(key, SCHEMA.getFieldNames())
                .map(near -> "; did you mean '" + near + "'?")
                .orElse(".")
            + " All keys: "
            + String.join(", ", SCHEMA.getFieldNames())
            + ".");
  }

  private static Map<String, Option> options() {
    Map<String, Option> options = new TreeMap<>();
    for (Option option : OptionTable.of(RlmOptions.class).own()) {
      options.put(snakeCase(option.name()), option);
    }
    return options;
  }

  private static Schema makeSchema() {
    Map<String, Field> fields = new TreeMap<>();
    OPTIONS.forEach(
        (key, option) ->
            fields.put(key, Field.nullable(key, type(option)).withDescription(text(option))));
    InputFields.DESCRIPTIONS.forEach(
        (key, description) ->
            fields.put(key, Field.nullable(key, FieldType.STRING).withDescription(description)));
    Schema errorHandling =
        Schema.of(
            Field.of(ERROR_OUTPUT, FieldType.STRING)
                .withDescription("The name of the collection of failures."));
    fields.put(
        ERROR_HANDLING,
        Field.nullable(ERROR_HANDLING, FieldType.row(errorHandling))
            .withDescription(
                "Its field output names the collection of failures. Default: errors. Beam YAML wants"
                    + " to be told, and to see the collection used."));
    return Schema.builder().addFields(fields.values().toArray(new Field[0])).build();
  }

  private static FieldType type(Option option) {
    Class<?> type = option.type();
    if (type == String.class) {
      return FieldType.STRING;
    } else if (type == int.class) {
      return FieldType.INT32;
    } else if (type == long.class) {
      return FieldType.INT64;
    } else if (type == double.class) {
      return FieldType.DOUBLE;
    } else if (type == boolean.class) {
      return FieldType.BOOLEAN;
    } else if (type == List.class) {
      return FieldType.array(FieldType.STRING);
    }
    throw new IllegalStateException(
        "a configuration has no form for the " + type + " of --" + option.name() + "; add one");
  }

  /** The option's own description, with what it says of other options in the form of keys. */
  private static String text(Option option) {
    String described = OPTION.matcher(option.description()).replaceAll(ConfigurationKeys::asKey);
    return option.defaultValue().isEmpty()
        ? described
        : described + " Default: " + option.defaultValue() + ".";
  }

  private static String asKey(MatchResult option) {
    String value = option.group(2);
    return snakeCase(option.group(1)) + (value == null ? "" : ": " + value);
  }

  private static String snakeCase(String name) {
    return CAPITAL
        .matcher(name)
        .replaceAll(capital -> "_" + capital.group())
        .toLowerCase(Locale.ROOT);
  }
}
