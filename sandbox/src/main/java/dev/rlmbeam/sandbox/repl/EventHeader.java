package dev.rlmbeam.sandbox.repl;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * What can be told of an event that cannot be read: whom it concerns, and where to go on behind it.
 * Immutable.
 *
 * @param seq 0 when it cannot be told
 * @param type empty when it cannot be told, as are the others
 */
record EventHeader(long seq, String type, String session, String id) {

  /** Reads the members that come before what is at fault. */
  static EventHeader read(byte[] json, int from) {
    long seq = 0;
    String type = "";
    String session = "";
    String id = "";
    try (JsonParser parser = Json.parser(json, from)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return new EventHeader(0, "", "", "");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        boolean text = value == JsonToken.VALUE_STRING;
        switch (name) {
          case "seq" -> seq = value == JsonToken.VALUE_NUMBER_INT ? parser.getLongValue() : 0;
          case "type" -> type = text ? parser.getText() : "";
          case "session" -> session = text ? parser.getText() : "";
          case "id" -> id = text ? parser.getText() : "";
          default -> parser.skipChildren();
        }
      }
    } catch (IOException e) {
      return new EventHeader(seq, type, session, id); // as far as one came
    }
    return new EventHeader(seq, type, session, id);
  }
}
