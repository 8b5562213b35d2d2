package dev.rlmbeam.sandbox.repl;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** JSON as the tunnel speaks it. Thread-safe. */
final class Json {
  /** Above what the agent lets through in one piece; Jackson's own limit is 20 million. */
  private static final int MAX_STRING_CHARS = 300_000_000;

  /**
   * Python's integers have no end; these are read in a few milliseconds, Jackson's end at 1,000.
   */
  private static final int MAX_NUMBER_DIGITS = 100_000;

  private static final ObjectMapper MAPPER =
      new ObjectMapper(
          JsonFactory.builder()
              // Messages go to logs, where nothing of a document belongs.
              .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxStringLength(MAX_STRING_CHARS)
                      .maxNumberLength(MAX_NUMBER_DIGITS)
                      .build())
              .build());

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (IOException e) {
      throw new IllegalStateException("a tree of JSON is always JSON", e);
    }
  }

  static JsonNode read(byte[] bytes) throws IOException {
    JsonNode node = MAPPER.readTree(bytes);
    return node == null ? MAPPER.missingNode() : node;
  }

  /** A parser of what stands from there on. */
  static JsonParser parser(byte[] json, int from) throws IOException {
    return MAPPER.createParser(json, from, json.length - from);
  }

  /** A text member, or empty when it is missing, null or no text. */
  static Optional<String> text(JsonNode node, String name) {
    JsonNode value = node.get(name);
    return value == null || !value.isTextual()
        ? Optional.empty()
        : Optional.of(wellFormed(value.textValue()));
  }

  /** The texts of an array member; others in it become their JSON. */
  static List<String> texts(JsonNode node, String name) {
    List<String> texts = new ArrayList<>();
    for (JsonNode value : node.path(name)) {
      texts.add(wellFormed(value.isTextual() ? value.textValue() : value.toString()));
    }
    return texts;
  }

  /**
   * The text with every half of a surrogate pair that stands alone replaced: Python and models can
   * make such text, but it has no UTF-8 and would break whatever comes later.
   */
  static String wellFormed(String text) {
    int bad = findLoneSurrogate(text, 0);
    if (bad < 0) {
      return text;
    }
    StringBuilder fixed = new StringBuilder(text);
    for (int i = bad; i >= 0; i = findLoneSurrogate(text, i + 1)) {
      fixed.setCharAt(i, '\uFFFD');
    }
    return fixed.toString();
  }

  private static int findLoneSurrogate(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        return i;
      }
    }
    return -1;
  }
}
