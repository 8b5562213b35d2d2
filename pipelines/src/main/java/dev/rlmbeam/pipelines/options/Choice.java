package dev.rlmbeam.pipelines.options;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Reads one word of several. Upper and lower case are the same. */
public final class Choice {
  private Choice() {}

  /** The constant that a value names. */
  public static <E extends Enum<E>> E of(String option, String value, Class<E> type) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equalsIgnoreCase(value)) {
        return constant;
      }
    }
    String all =
        Arrays.stream(type.getEnumConstants())
            .map(constant -> constant.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "));
    throw UsageException.ofValue(option, value, "one of " + all);
  }
}
