package dev.rlmbeam.transforms.rlm;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * Sizes of JSON values as Python would count them, read from the text without a tree of it: the
 * tree of a large context takes many times its heap.
 *
 * <p>As in the reference, a text counts its code points, a list item with a {@code content} the
 * text of that, and what is no text the length of its {@code json.dumps}. Unlike in the reference,
 * a list of numbers does not fail, and a list in a list counts its characters and not its items.
 */
final class PythonValues {
  private PythonValues() {}

  /** The name of the type that {@code json.loads} gives a value that begins so. */
  static String typeName(JsonToken token) {
    return switch (token) {
      case START_ARRAY -> "list";
      case START_OBJECT -> "dict";
      case VALUE_STRING -> "str";
      case VALUE_TRUE, VALUE_FALSE -> "bool";
      case VALUE_NUMBER_INT -> "int";
      case VALUE_NUMBER_FLOAT -> "float";
      default -> "NoneType";
    };
  }

  /** Characters in all of a context, whose first token was read; reads to its end. */
  static long size(JsonParser json) throws IOException {
    long sum = 0;
    if (json.currentToken() == JsonToken.START_ARRAY) {
      while (json.nextToken() != JsonToken.END_ARRAY) {
        sum += item(json);
      }
      return sum;
    }
    if (json.currentToken() == JsonToken.START_OBJECT) {
      while (json.nextToken() != JsonToken.END_OBJECT) {
        json.nextToken();
        sum += textOrDump(json);
      }
      return sum;
    }
    return textOrDump(json);
  }

  /** An item of a list: of one with a {@code content} that alone. */
  private static long item(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      return textOrDump(json);
    }
    long dump = 2;
    long content = -1;
    for (int fields = 0; json.nextToken() != JsonToken.END_OBJECT; fields++) {
      String name = json.currentName();
      dump += (fields == 0 ? 0 : 2) + stringDumpLength(name) + 2;
      boolean text = json.nextToken() == JsonToken.VALUE_STRING;
      if (name.equals("content")) {
        content = text ? codePoints(json) : dumpLength(json);
        dump += text ? stringDumpLength(json.getText()) : content;
      } else {
        dump += dumpLength(json);
      }
    }
    return content < 0 ? dump : content;
  }

  private static long textOrDump(JsonParser json) throws IOException {
    return json.currentToken() == JsonToken.VALUE_STRING ? codePoints(json) : dumpLength(json);
  }

  private static long codePoints(JsonParser json) throws IOException {
    String text = json.getText();
    return text.codePointCount(0, text.length());
  }

  /** Length of {@code json.dumps(value)}: a space after comma and colon, all but ASCII escaped. */
  private static long dumpLength(JsonParser json) throws IOException {
    JsonToken begin = json.currentToken();
    if (begin == JsonToken.VALUE_STRING) {
      return stringDumpLength(json.getText());
    }
    if (begin == JsonToken.VALUE_NUMBER_FLOAT) {
      return Double.toString(json.getDoubleValue()).length();
    }
    if (begin != JsonToken.START_ARRAY && begin != JsonToken.START_OBJECT) {
      return json.getText().length();
    }
    long sum = 2;
    for (int items = 0; !json.nextToken().isStructEnd(); items++) {
      sum += items == 0 ? 0 : 2;
      if (begin == JsonToken.START_OBJECT) {
        sum += stringDumpLength(json.currentName()) + 2;
        json.nextToken();
      }
      sum += dumpLength(json);
    }
    return sum;
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
