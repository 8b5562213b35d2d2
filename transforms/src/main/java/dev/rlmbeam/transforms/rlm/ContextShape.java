package dev.rlmbeam.transforms.rlm;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.OptionalLong;

/**
 * Type and size of a context, as the model is told them. Immutable.
 *
 * @param type as Python names it: {@code str}, {@code list}, {@code dict}; for JSON that was not
 *     looked into, "value parsed from JSON"
 * @param characters Unicode code points in all; empty when not known before the upload, which then
 *     counts them
 */
public record ContextShape(String type, OptionalLong characters) {

  /** A text at hand. */
  public static ContextShape ofText(String text) {
    return new ContextShape("str", OptionalLong.of(text.codePointCount(0, text.length())));
  }

  /** A text that is streamed in; its size is taken from the upload. */
  public static ContextShape streamedText() {
    return new ContextShape("str", OptionalLong.empty());
  }

  /**
   * A JSON value at hand: any string, list, object, number, boolean or null.
   *
   * @param json at the beginning of the text; read to its end
   * @throws IOException when the text is not one JSON value
   */
  public static ContextShape ofJson(JsonParser json) throws IOException {
    JsonToken first = json.nextToken();
    if (first == null) {
      throw new JsonParseException(json, "there is nothing in it");
    }
    ContextShape shape =
        new ContextShape(PythonValues.typeName(first), OptionalLong.of(PythonValues.size(json)));
    if (json.nextToken() != null) {
      throw new JsonParseException(json, "there is more after the end of the value");
    }
    return shape;
  }

  /** A JSON value that is streamed in; its size is that of the JSON text. */
  public static ContextShape streamedJson() {
    return new ContextShape("value parsed from JSON", OptionalLong.empty());
  }
}
