package dev.rlmbeam.pipelines.io;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;

/**
 * Refuses half a surrogate pair, which has no UTF-8 form: it would reach the sandbox, or a result,
 * as something else.
 */
final class UnicodeText {
  private UnicodeText() {}

  /** The text itself. */
  static String of(String value, String field) throws BadRowException {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < value.length()
          && Character.isLowSurrogate(value.charAt(i + 1))) {
        i++;
        continue;
      }
      throw BadRowException.ofInput(
          String.format(
              "The field '%s' holds half a surrogate pair (\\u%04x) at character %d, which is no"
                  + " Unicode text.",
              field, (int) c, i));
    }
    return value;
  }

  /** The same for all that is in a value: written as an escape, it would pass for text. */
  static void require(JsonNode value, String field) throws BadRowException {
    if (value.isTextual()) {
      String unused = of(value.textValue(), field);
    }
    for (Iterator<String> names = value.fieldNames(); names.hasNext(); ) {
      String unused = of(names.next(), field);
    }
    for (JsonNode inner : value) {
      require(inner, field);
    }
  }
}
