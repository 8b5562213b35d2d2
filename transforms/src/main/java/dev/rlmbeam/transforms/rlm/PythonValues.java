package dev.rlmbeam.transforms.rlm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.Map;

/**
 * Sizes of JSON values as Python would count them.
 *
 * <p>As in the reference, a text counts its code points, a list item with a {@code content} the
 * text of that, and what is no text the length of its {@code json.dumps}. Unlike in the reference,
 * a list of numbers does not fail, and a list in a list counts its characters and not its items.
 */
final class PythonValues {
  private PythonValues() {}

  /** The name of the type that {@code json.loads} gives the value. */
  static String typeName(JsonNode value) {
    return switch (value.getNodeType()) {
      case ARRAY -> "list";
      case OBJECT, POJO -> "dict";
      case STRING, BINARY -> "str";
      case BOOLEAN -> "bool";
      case NUMBER -> value.isIntegralNumber() ? "int" : "float";
      case NULL, MISSING -> "NoneType";
    };
  }

  /** Characters of a context in all. */
  static long size(JsonNode value) {
    long sum = 0;
    if (value.isArray()) {
      for (JsonNode item : value) {
        JsonNode content = item.isObject() ? item.get("content") : null;
        sum += textOrDump(content == null ? item : content);
      }
      return sum;
    }
    if (value.isObject()) {
      for (JsonNode item : value) {
        sum += textOrDump(item);
      }
      return sum;
    }
    return textOrDump(value);
  }

  private static long textOrDump(JsonNode value) {
    if (value.isTextual()) {
      String text = value.textValue();
      return text.codePointCount(0, text.length());
    }
    return dumpLength(value);
  }

  /** Length of {@code json.dumps(value)}: a space after comma and colon, all but ASCII escaped. */
  private static long dumpLength(JsonNode value) {
    if (value.isTextual()) {
      return stringDumpLength(value.textValue());
    }
    if (value.isArray()) {
      long sum = 2 + separators(value.size());
      for (JsonNode item : value) {
        sum += dumpLength(item);
      }
      return sum;
    }
    if (value.isObject()) {
      long sum = 2 + separators(value.size());
      for (Iterator<Map.Entry<String, JsonNode>> fields = value.fields(); fields.hasNext(); ) {
        Map.Entry<String, JsonNode> field = fields.next();
        sum += stringDumpLength(field.getKey()) + 2 + dumpLength(field.getValue());
      }
      return sum;
    }
    return value.asText().length();
  }

  private static long separators(int items) {
    return 2L * Math.max(0, items - 1);
  }

  private static long stringDumpLength(String text) {
    long length = 2;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\' || c == '\n' || c == '\r' || c == '\t' || c == '\b' || c == '\f') {
        length += 2;
      } else {
        length += c >= 0x20 && c < 0x7f ? 1 : 6;
      }
    }
    return length;
  }
}
