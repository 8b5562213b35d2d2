package dev.rlmbeam.pipelines.schema;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.Schema.TypeName;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * What a field of a row may be: a text, a whole number, or a list, map or row that has a JSON form
 * of which Python makes the same list or dict.
 */
final class RowValue {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          // Where a number is none, the worker says that the context is no JSON.
          .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
          .build();

  /** Of a decimal that is written without an exponent: 1E+1000000000 has a digit for each. */
  private static final int MAX_PLAIN_SCALE = 1000;

  private RowValue() {}

  /** True for a text, also where a database gave it a type of its own, such as VARCHAR. */
  static boolean isText(FieldType type) {
    return type.getTypeName() == TypeName.LOGICAL_TYPE
        ? Objects.requireNonNull(type.getLogicalType()).getBaseType().getTypeName()
            == TypeName.STRING
        : type.getTypeName() == TypeName.STRING;
  }

  /** True for a number without a fraction. */
  static boolean isWholeNumber(FieldType type) {
    return switch (type.getTypeName()) {
      case BYTE, INT16, INT32, INT64 -> true;
      default -> false;
    };
  }

  /** True for a list, map or row. */
  static boolean isContainer(FieldType type) {
    return switch (type.getTypeName()) {
      case ARRAY, ITERABLE, MAP, ROW -> true;
      default -> false;
    };
  }

  /**
   * The first type in there that has no JSON form, with its place: {@code BYTES in 'pages[].scan'}.
   * Empty when all have one.
   */
  static Optional<String> withoutJson(String place, FieldType type) {
    return switch (type.getTypeName()) {
      case STRING, BOOLEAN, BYTE, INT16, INT32, INT64, FLOAT, DOUBLE, DECIMAL -> Optional.empty();
      case ARRAY, ITERABLE ->
          withoutJson(place + "[]", Objects.requireNonNull(type.getCollectionElementType()));
      case MAP -> {
        FieldType keys = Objects.requireNonNull(type.getMapKeyType());
        yield keys.getTypeName() == TypeName.STRING
            ? withoutJson(place + "{}", Objects.requireNonNull(type.getMapValueType()))
            : Optional.of("a map with keys of type " + name(keys) + " in '" + place + "'");
      }
      case ROW ->
          Objects.requireNonNull(type.getRowSchema()).getFields().stream()
              .flatMap(
                  field -> withoutJson(place + "." + field.getName(), field.getType()).stream())
              .findFirst();
      default -> Optional.of(name(type) + " in '" + place + "'");
    };
  }

  /** A type for a person: {@code BYTES}, or of whoever made it: {@code LOGICAL_TYPE<…>}. */
  static String name(FieldType type) {
    return type.getTypeName() == TypeName.LOGICAL_TYPE
        ? "LOGICAL_TYPE<" + Objects.requireNonNull(type.getLogicalType()).getIdentifier() + ">"
        : type.getTypeName().name();
  }

  /** A text or a whole number; empty where the row has none. */
  static String text(Row row, String field) {
    Object value = row.getBaseValue(field);
    return value == null ? "" : value.toString();
  }

  /** True for nothing, an empty text, and a list or map without elements. */
  static boolean isEmpty(@Nullable Object value) {
    return value == null
        || value.equals("")
        || (value instanceof Map<?, ?> map && map.isEmpty())
        || (value instanceof Iterable<?> list && !list.iterator().hasNext());
  }

  /** The written form of a value whose type has one. */
  static String json(Object value) {
    StringWriter written = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(written)) {
      write(value, out);
    } catch (IOException e) {
      throw new IllegalStateException("memory cannot fail to be written", e);
    }
    return written.toString();
  }

  private static void write(@Nullable Object value, JsonGenerator out) throws IOException {
    if (value == null) {
      out.writeNull();
    } else if (value instanceof String text) {
      out.writeString(text);
    } else if (value instanceof Boolean truth) {
      out.writeBoolean(truth);
    } else if (value instanceof Float number) {
      out.writeNumber(number);
    } else if (value instanceof Double number) {
      out.writeNumber(number);
    } else if (value instanceof BigDecimal number) {
      out.writeNumber(
          Math.abs((long) number.scale()) > MAX_PLAIN_SCALE
              ? number.toString()
              : number.toPlainString());
    } else if (value instanceof Number number) {
      out.writeNumber(number.longValue());
    } else if (value instanceof Iterable<?> list) {
      out.writeStartArray();
      for (Object element : list) {
        write(element, out);
      }
      out.writeEndArray();
    } else {
      writeFields(value, out);
    }
  }

  private static void writeFields(Object value, JsonGenerator out) throws IOException {
    out.writeStartObject();
    if (value instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.writeFieldName(String.valueOf(entry.getKey()));
        write(entry.getValue(), out);
      }
    } else if (value instanceof Row row) {
      for (Field field : row.getSchema().getFields()) {
        out.writeFieldName(field.getName());
        write(row.getValue(field.getName()), out);
      }
    } else {
      throw new IllegalStateException("no JSON form for " + value.getClass());
    }
    out.writeEndObject();
  }
}
