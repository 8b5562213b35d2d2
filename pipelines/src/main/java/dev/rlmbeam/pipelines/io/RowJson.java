package dev.rlmbeam.pipelines.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Reads the JSON of a row; what is no JSON is refused, and nothing is rounded. Thread-safe. */
final class RowJson {
  // Python's parser, which reads a context in the sandbox, gives up at about 1,000.
  static final int MAX_DEPTH = 500;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(Integer.MAX_VALUE)
                          .maxNumberLength(10_000)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
          .build();

  private RowJson() {}

  /** The object of a row. */
  static ObjectNode object(RawRecord row) throws BadRowException {
    JsonNode node;
    try {
      var content = row.content();
      node = MAPPER.readTree(content.array(), content.arrayOffset(), content.remaining());
    } catch (StreamConstraintsException e) {
      throw BadRowException.ofInput(
          "The row is nested deeper than " + MAX_DEPTH + " levels, or holds too long a number.");
    } catch (JsonProcessingException e) {
      throw BadRowException.ofInput(
          "The line is not JSON (column "
              + (e.getLocation() == null ? 1 : e.getLocation().getColumnNr())
              + ": "
              + firstSentence(e.getOriginalMessage())
              + "); write one JSON object a line.");
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory cannot fail to be read", e);
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw BadRowException.ofInput(
        "The line is a JSON "
            + node.getNodeType().name().toLowerCase(Locale.ROOT)
            + ", not an object such as {\"id\": …, \"query\": …, \"context\": …}.");
  }

  /**
   * A field of a row as it stands there, digit for digit: a value that is read and written again
   * may have lost some.
   */
  static String verbatim(RawRecord row, String field) {
    ByteBuffer content = row.content();
    byte[] bytes = content.array();
    try (JsonParser parser =
        MAPPER.createParser(bytes, content.arrayOffset(), content.remaining())) {
      String value = "";
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean wanted = parser.currentName().equals(field);
        JsonToken first = parser.nextToken();
        int from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        if (wanted) {
          // Of several fields of one name the last one counts, as it does in the tree.
          value =
              first.isStructStart()
                  ? slice(bytes, from, (int) parser.currentLocation().getByteOffset())
                  : parser.getText();
        }
      }
      return value;
    } catch (IOException e) {
      throw new IllegalStateException("the row was read before", e);
    }
  }

  private static String slice(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  /** The written form of a value. */
  static String written(JsonNode value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a value that was read can be written", e);
    }
  }

  /** A value that was {@linkplain #written written}. */
  static JsonNode value(String written) {
    try {
      return MAPPER.readTree(written);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("attributes of a task of this pipeline are JSON", e);
    }
  }

  static ObjectNode newObject() {
    return MAPPER.createObjectNode();
  }

  private static String firstSentence(String message) {
    int end = message.indexOf('\n');
    String first = end < 0 ? message : message.substring(0, end);
    int expecting = first.indexOf(": was expecting");
    String line = expecting < 0 ? first : first.substring(0, expecting);
    return line.length() <= 120 ? line : line.substring(0, 120) + "…";
  }
}
