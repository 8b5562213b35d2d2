package dev.rlmbeam.pipelines.schema;

import dev.rlmbeam.pipelines.options.OptionTable.Option;
import dev.rlmbeam.pipelines.options.UsageException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * The values of a configuration, in whatever form they were given: a row of Beam, or what a reader
 * of YAML makes of a mapping. No message repeats a value that might be a key.
 */
final class ConfigurationValues {
  private ConfigurationValues() {}

  /** The fields of a row, those without a value too: their names have to be right all the same. */
  static Map<String, @Nullable Object> of(Row row) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (Field field : row.getSchema().getFields()) {
      Object value = row.getValue(field.getName());
      values.put(field.getName(), value instanceof Row nested ? of(nested) : value);
    }
    return values;
  }

  /**
   * The same under the names of the keys that there are, without those that have no value.
   *
   * @throws UsageException for a key that there is not, and for one that is given twice
   */
  static Map<String, Object> byKey(Map<String, ? extends @Nullable Object> given) {
    Map<String, Object> values = new LinkedHashMap<>();
    given.forEach(
        (name, value) -> {
          String key = ConfigurationKeys.require(name);
          if (value != null && values.put(key, value) != null) {
            throw new UsageException("The configuration key '" + key + "' is given twice.");
          }
        });
    return values;
  }

  /**
   * A value as its option takes it.
   *
   * @throws UsageException as the command line's, where the value is of no such type
   */
  static Object ofOption(Option option, Object value) {
    Class<?> type = option.type();
    if (type == List.class) {
      return texts(option, value);
    }
    if (!isPlain(value)) {
      throw new UsageException(
          "--" + option.name() + ": must be " + form(type) + ", not a " + kind(value) + ".");
    }
    String text = value.toString();
    return parse(type, text)
        .orElseThrow(() -> UsageException.ofValue(option.name(), text, form(type)));
  }

  /** A list, or one text with commas, as on the command line. */
  private static List<String> texts(Option option, Object value) {
    if (value instanceof Iterable<?> several) {
      List<String> texts = new ArrayList<>();
      for (Object one : several) {
        if (one == null || !isPlain(one)) {
          throw new UsageException("--" + option.name() + ": must be a list of texts.");
        }
        texts.add(one.toString());
      }
      return texts;
    }
    if (!isPlain(value)) {
      throw new UsageException(
          "--" + option.name() + ": must be a list of texts, not a " + kind(value) + ".");
    }
    return List.of(value.toString().split(",", -1));
  }

  private static boolean isPlain(Object value) {
    return value instanceof String || value instanceof Number || value instanceof Boolean;
  }

  /**
   * A value that has to be a name.
   *
   * @throws UsageException that names the key
   */
  static String name(String key, @Nullable Object value) {
    if (value instanceof String text && !text.isBlank()) {
      return text;
    }
    throw new UsageException("The configuration key '" + key + "' has to be a name.");
  }

  private static Optional<Object> parse(Class<?> type, String text) {
    try {
      if (type == int.class) {
        return Optional.of(Integer.parseInt(text));
      } else if (type == long.class) {
        return Optional.of(Long.parseLong(text));
      } else if (type == double.class) {
        return Optional.of(Double.parseDouble(text));
      } else if (type == boolean.class) {
        return text.equals("true") || text.equals("false")
            ? Optional.of(Boolean.parseBoolean(text))
            : Optional.empty();
      }
      return Optional.of(text);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static String form(Class<?> type) {
    if (type == boolean.class) {
      return "true or false";
    } else if (type == double.class) {
      return "a number";
    }
    return type == String.class ? "a text" : "a whole number";
  }

  private static String kind(Object value) {
    if (value instanceof Map) {
      return "mapping";
    }
    return value instanceof Iterable ? "list" : value.getClass().getSimpleName();
  }
}
