package dev.rlmbeam.pipelines.formats;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.Float16LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.UUIDLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/** Makes JSON of single values, as their type says what they stand for. One thread at a time. */
final class ParquetValue extends PrimitiveConverter {
  private static final int JULIAN_DAY_OF_EPOCH = 2_440_588;

  private final PrimitiveType type;
  private final @Nullable LogicalTypeAnnotation meaning;
  private final RecordBudget budget;
  private final Consumer<JsonNode> parent;

  /**
   * @param parent takes each value
   */
  ParquetValue(PrimitiveType type, RecordBudget budget, Consumer<JsonNode> parent) {
    this.type = type;
    this.meaning = type.getLogicalTypeAnnotation();
    this.budget = budget;
    this.parent = parent;
  }

  @Override
  public void addBoolean(boolean value) {
    if (budget.take(1)) {
      parent.accept(Values.JSON.booleanNode(value));
    }
  }

  @Override
  public void addInt(int value) {
    if (budget.take(Integer.BYTES)) {
      boolean unsigned = meaning instanceof IntLogicalTypeAnnotation kind && !kind.isSigned();
      parent.accept(integer(unsigned ? Integer.toUnsignedLong(value) : value));
    }
  }

  @Override
  public void addLong(long value) {
    if (budget.take(Long.BYTES)) {
      boolean unsigned = meaning instanceof IntLogicalTypeAnnotation kind && !kind.isSigned();
      parent.accept(unsigned ? Values.unsigned(value) : integer(value));
    }
  }

  @Override
  public void addFloat(float value) {
    if (budget.take(Float.BYTES)) {
      parent.accept(Values.number(value));
    }
  }

  @Override
  public void addDouble(double value) {
    if (budget.take(Double.BYTES)) {
      parent.accept(Values.number(value));
    }
  }

  @Override
  public void addBinary(Binary value) {
    if (budget.take(value.length())) {
      parent.accept(binary(value));
    }
  }

  private JsonNode integer(long value) {
    if (meaning instanceof DateLogicalTypeAnnotation) {
      return Values.date(value);
    }
    if (meaning instanceof TimeLogicalTypeAnnotation time) {
      return Values.time(value, unit(time.getUnit()));
    }
    if (meaning instanceof TimestampLogicalTypeAnnotation stamp) {
      return Values.timestamp(value, unit(stamp.getUnit()), stamp.isAdjustedToUTC());
    }
    return meaning instanceof DecimalLogicalTypeAnnotation decimal
        ? Values.decimal(BigInteger.valueOf(value), decimal.getScale())
        : Values.JSON.numberNode(value);
  }

  private JsonNode binary(Binary value) {
    if (meaning instanceof StringLogicalTypeAnnotation
        || meaning instanceof EnumLogicalTypeAnnotation
        || meaning instanceof JsonLogicalTypeAnnotation) {
      return Values.text(value.toByteBuffer()).orElseGet(this::noText);
    }
    if (meaning instanceof DecimalLogicalTypeAnnotation decimal && value.length() > 0) {
      if (value.length() > Values.MAX_DECIMAL_BYTES) {
        budget.spoil(Values.tooLongDecimal(type.getName(), value.length()));
        return Values.JSON.nullNode();
      }
      return Values.decimal(new BigInteger(value.getBytes()), decimal.getScale());
    }
    if (meaning instanceof UUIDLogicalTypeAnnotation && value.length() == 2 * Long.BYTES) {
      return Values.uuid(value.getBytes());
    }
    if (meaning instanceof Float16LogicalTypeAnnotation && value.length() == Short.BYTES) {
      return Values.half(value.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN).getShort());
    }
    if (type.getPrimitiveTypeName() == PrimitiveTypeName.INT96) {
      return int96(value.toByteBuffer());
    }
    // Older writers leave it out that a text is a text.
    return meaning == null && type.getPrimitiveTypeName() == PrimitiveTypeName.BINARY
        ? Values.text(value.toByteBuffer()).orElseGet(() -> Values.bytes(value.getBytes()))
        : Values.bytes(value.getBytes());
  }

  private JsonNode noText() {
    budget.spoil("The field '" + type.getName() + "' is not UTF-8.");
    return Values.JSON.nullNode();
  }

  /** Nanoseconds of a day, then the day: timestamps of before Parquet had any. */
  private static JsonNode int96(ByteBuffer value) {
    ByteBuffer bytes = value.order(ByteOrder.LITTLE_ENDIAN);
    long nanos = bytes.getLong();
    long day = bytes.getInt() - (long) JULIAN_DAY_OF_EPOCH;
    return Values.timestamp(TimeUnit.DAYS.toSeconds(day), nanos, true);
  }

  private static TimeUnit unit(LogicalTypeAnnotation.TimeUnit unit) {
    return switch (unit) {
      case MILLIS -> TimeUnit.MILLISECONDS;
      case MICROS -> TimeUnit.MICROSECONDS;
      case NANOS -> TimeUnit.NANOSECONDS;
    };
  }
}
