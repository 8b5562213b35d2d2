package dev.rlmbeam.pipelines.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a row that {@code --include} copies to its result or failure: one JSON object, null
 * where the row has no such field. It goes with the task as its attributes, so its size has a
 * bound. Immutable.
 */
final class IncludedFields {
  /** In UTF-8, all fields of a row together. */
  static final int MAX_BYTES = 32 * 1024;

  private final List<String> names;

  IncludedFields(List<String> names) {
    this.names = names;
  }

  /** Attributes of what was no row, or could not be read; empty when no field is asked for. */
  String none() {
    return names.isEmpty() ? "" : "null";
  }

  /**
   * The attributes of a row; empty when no field is asked for.
   *
   * @throws BadRowException when they are too large, or no Unicode text
   */
  String of(ObjectNode row) throws BadRowException {
    if (names.isEmpty()) {
      return "";
    }
    for (String name : names) {
      JsonNode value = row.get(name);
      if (value != null) {
        UnicodeText.require(value, name);
      }
    }
    String written = written(row);
    int bytes = written.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_BYTES) {
      throw BadRowException.ofInput(
          "The fields that --include names have "
              + bytes
              + " bytes in this row, more than "
              + MAX_BYTES
              + "; leave the long ones out, the id tells which row it was.");
    }
    try {
      // Rows of other formats may hold what JSON may not, and who writes results has to read it.
      JsonNode unused = RowJson.value(written);
    } catch (IllegalArgumentException e) {
      throw BadRowException.ofInput(
          "The fields that --include names are nested deeper than "
              + RowJson.MAX_DEPTH
              + " levels in this row, or hold too long a number; leave them out, the id tells which"
              + " row it was.");
    }
    return written;
  }

  /** The attributes of a row that failed; as if there were no row where they cannot be taken. */
  String ofFailed(@Nullable ObjectNode row) {
    try {
      return row == null ? none() : of(row);
    } catch (BadRowException e) {
      return none();
    }
  }

  private String written(ObjectNode row) {
    ObjectNode included = RowJson.newObject();
    for (String name : names) {
      included.set(name, row.get(name));
    }
    return RowJson.written(included);
  }
}
