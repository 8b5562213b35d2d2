package dev.rlmbeam.pipelines.formats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Reads values of Avro as JSON. What is not kept is read all the same, to find where it ends, and
 * is null. One thread at a time.
 */
final class AvroValues {
  // Deeper than what is kept: what is skipped must be walked through, too.
  private static final int MAX_SKIPPED_DEPTH = 2 * RecordBudget.MAX_DEPTH;

  private final RecordBudget budget;
  private String field = "";
  private long items;

  AvroValues(RecordBudget budget) {
    this.budget = budget;
  }

  /** The value of a field of a record, or null if it is not wanted. */
  JsonNode read(Schema schema, AvroInput input, String name, boolean wanted) throws IOException {
    field = name;
    items = 0;
    JsonNode value = value(schema, input, wanted, 1);
    return wanted ? value : Values.JSON.nullNode();
  }

  private JsonNode value(Schema schema, AvroInput input, boolean kept, int depth)
      throws IOException {
    boolean keep = kept && budget.isKept();
    if (depth > RecordBudget.MAX_DEPTH && keep) {
      budget.spoil("The row is nested deeper than " + RecordBudget.MAX_DEPTH + " levels.");
    }
    if (depth > MAX_SKIPPED_DEPTH) {
      throw new BrokenFileException("a row is nested deeper than " + MAX_SKIPPED_DEPTH + " levels");
    }
    return switch (schema.getType()) {
      case NULL -> Values.JSON.nullNode();
      case BOOLEAN -> taken(keep, 1, Values.JSON.booleanNode(input.readByte() != 0));
      case INT, LONG -> taken(keep, Long.BYTES, integer(schema, input.readLong()));
      case FLOAT -> taken(keep, Float.BYTES, Values.number(input.readFloat()));
      case DOUBLE -> taken(keep, Double.BYTES, Values.number(input.readDouble()));
      case ENUM -> taken(keep, 1, Values.JSON.textNode(choice(schema.getEnumSymbols(), input)));
      case STRING -> text(input, keep);
      case BYTES -> bytes(schema, input, input.readLength(), keep);
      case FIXED -> bytes(schema, input, schema.getFixedSize(), keep);
      case UNION -> value(choice(schema.getTypes(), input), input, keep, depth);
      case ARRAY -> array(schema.getElementType(), input, keep, depth);
      case MAP -> map(schema.getValueType(), input, keep, depth);
      case RECORD -> record(schema, input, keep, depth);
    };
  }

  private JsonNode taken(boolean keep, int bytes, JsonNode value) {
    return keep && budget.take(bytes) ? value : Values.JSON.nullNode();
  }

  private static <T> T choice(List<T> all, AvroInput input) throws IOException {
    return all.get(input.readCount("a choice", all.size() - 1));
  }

  private JsonNode record(Schema schema, AvroInput input, boolean keep, int depth)
      throws IOException {
    ObjectNode record = Values.JSON.objectNode();
    for (Schema.Field inner : schema.getFields()) {
      record.set(inner.name(), value(inner.schema(), input, keep, depth + 1));
    }
    return record;
  }

  private JsonNode array(Schema element, AvroInput input, boolean keep, int depth)
      throws IOException {
    ArrayNode array = Values.JSON.arrayNode();
    for (long left = run(input, keep); left > 0; left = run(input, keep)) {
      for (; left > 0; left--) {
        boolean kept = item(keep);
        JsonNode value = value(element, input, kept, depth + 1);
        if (kept) {
          array.add(value);
        }
      }
    }
    return array;
  }

  private JsonNode map(Schema values, AvroInput input, boolean keep, int depth) throws IOException {
    ObjectNode map = Values.JSON.objectNode();
    for (long left = run(input, keep); left > 0; left = run(input, keep)) {
      for (; left > 0; left--) {
        boolean kept = item(keep);
        String key = text(input, kept).asText();
        JsonNode value = value(values, input, kept, depth + 1);
        if (kept) {
          map.set(key, value);
        }
      }
    }
    return map;
  }

  /** How many items follow without a break; 0 at the end. Skips what is said to be skippable. */
  private static long run(AvroInput input, boolean keep) throws IOException {
    long count = input.readLong();
    while (count < 0) {
      long bytes = input.readLength();
      if (keep) {
        if (count == Long.MIN_VALUE) {
          throw new BrokenFileException("there is a list without an end in it");
        }
        return -count;
      }
      input.skip(bytes);
      count = input.readLong();
    }
    return count;
  }

  /** Items may have no bytes: these count, too, so that a list cannot be longer than it may be. */
  private boolean item(boolean keep) throws IOException {
    if (++items > Integer.MAX_VALUE) {
      throw new BrokenFileException("there is a list without an end in it");
    }
    return keep && budget.take(1);
  }

  private JsonNode text(AvroInput input, boolean keep) throws IOException {
    byte @Nullable [] bytes = kept(input, input.readLength(), keep);
    return bytes == null
        ? Values.JSON.nullNode()
        : Values.text(ByteBuffer.wrap(bytes))
            .orElseGet(
                () -> {
                  budget.spoil("The field '" + field + "' is not UTF-8.");
                  return Values.JSON.nullNode();
                });
  }

  private JsonNode bytes(Schema schema, AvroInput input, long length, boolean keep)
      throws IOException {
    byte @Nullable [] bytes = kept(input, length, keep);
    if (bytes == null) {
      return Values.JSON.nullNode();
    }
    LogicalType type = schema.getLogicalType();
    if (type instanceof LogicalTypes.Decimal decimal && bytes.length > 0) {
      if (bytes.length > Values.MAX_DECIMAL_BYTES) {
        budget.spoil(Values.tooLongDecimal(field, bytes.length));
        return Values.JSON.nullNode();
      }
      return Values.decimal(new BigInteger(bytes), decimal.getScale());
    }
    return bytes.length == 2 * Long.BYTES && "uuid".equals(schema.getProp("logicalType"))
        ? Values.uuid(bytes)
        : Values.bytes(bytes);
  }

  /** So many bytes, if they are to be kept and the record is not too large with them. */
  private byte @Nullable [] kept(AvroInput input, long length, boolean keep) throws IOException {
    if (keep && budget.take(length)) {
      return input.readBytes((int) length);
    }
    input.skip(length);
    return null;
  }

  private static JsonNode integer(Schema schema, long value) {
    // By name: the library does not know those of later versions.
    String type = schema.getProp("logicalType");
    return switch (type == null ? "" : type) {
      case "date" -> Values.date(value);
      case "time-millis" -> Values.time(value, TimeUnit.MILLISECONDS);
      case "time-micros" -> Values.time(value, TimeUnit.MICROSECONDS);
      case "timestamp-millis" -> Values.timestamp(value, TimeUnit.MILLISECONDS, true);
      case "timestamp-micros" -> Values.timestamp(value, TimeUnit.MICROSECONDS, true);
      case "timestamp-nanos" -> Values.timestamp(value, TimeUnit.NANOSECONDS, true);
      case "local-timestamp-millis" -> Values.timestamp(value, TimeUnit.MILLISECONDS, false);
      case "local-timestamp-micros" -> Values.timestamp(value, TimeUnit.MICROSECONDS, false);
      case "local-timestamp-nanos" -> Values.timestamp(value, TimeUnit.NANOSECONDS, false);
      default -> Values.JSON.numberNode(value);
    };
  }
}
