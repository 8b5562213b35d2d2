package dev.rlmbeam.pipelines.formats;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.parquet.format.DecimalType;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.IntType;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.TimeUnit;
import org.apache.parquet.format.TimestampType;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.OriginalType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.jspecify.annotations.Nullable;

/** Makes the schema of a file of the list that stands in its footer. One thread. */
final class ParquetSchema {
  private final List<SchemaElement> elements;
  private int next;

  private ParquetSchema(List<SchemaElement> elements) {
    this.elements = elements;
  }

  static MessageType of(List<SchemaElement> elements) throws BrokenFileException {
    ParquetSchema schema = new ParquetSchema(elements);
    SchemaElement root = schema.element();
    return new MessageType(root.getName(), schema.children(root, 1));
  }

  private SchemaElement element() throws BrokenFileException {
    if (next == elements.size()) {
      throw new BrokenFileException("its schema ends before its end");
    }
    return elements.get(next++);
  }

  private List<Type> children(SchemaElement group, int depth) throws BrokenFileException {
    if (depth > RecordBudget.MAX_DEPTH) {
      throw new BrokenFileException(
          "its schema is nested deeper than " + RecordBudget.MAX_DEPTH + " levels");
    }
    List<Type> children = new ArrayList<>();
    for (int i = 0; i < group.getNum_children(); i++) {
      SchemaElement child = element();
      children.add(child.isSetType() ? primitive(child) : group(child, depth));
    }
    return children;
  }

  private Type group(SchemaElement group, int depth) throws BrokenFileException {
    List<Type> children = children(group, depth + 1);
    LogicalTypeAnnotation meaning = meaning(group);
    return meaning == null
        ? new GroupType(repetition(group), group.getName(), children)
        : new GroupType(repetition(group), group.getName(), meaning.toOriginalType(), children);
  }

  private static Type primitive(SchemaElement element) {
    PrimitiveTypeName type =
        switch (element.getType()) {
          case BYTE_ARRAY -> PrimitiveTypeName.BINARY;
          default -> PrimitiveTypeName.valueOf(element.getType().name());
        };
    PrimitiveType plain =
        new PrimitiveType(repetition(element), type, element.getType_length(), element.getName());
    LogicalTypeAnnotation meaning = meaning(element);
    return meaning == null ? plain : plain.withLogicalTypeAnnotation(meaning);
  }

  private static Repetition repetition(SchemaElement element) {
    FieldRepetitionType repetition = element.getRepetition_type();
    return repetition == null ? Repetition.REQUIRED : Repetition.valueOf(repetition.name());
  }

  /** What a value stands for; null if it is no more than what it is, or not known here. */
  private static @Nullable LogicalTypeAnnotation meaning(SchemaElement element) {
    // Types of later versions have no name here: a value of theirs is what it is made of.
    if (element.isSetLogicalType() && element.getLogicalType().getSetField() != null) {
      return meaning(element.getLogicalType());
    }
    if (!element.isSetConverted_type()) {
      return null;
    }
    OriginalType converted = OriginalType.valueOf(element.getConverted_type().name());
    return converted == OriginalType.DECIMAL
        ? LogicalTypeAnnotation.decimalType(element.getScale(), element.getPrecision())
        : LogicalTypeAnnotation.fromOriginalType(converted, null);
  }

  private static @Nullable LogicalTypeAnnotation meaning(LogicalType type) {
    return switch (type.getSetField()) {
      case STRING -> LogicalTypeAnnotation.stringType();
      case ENUM -> LogicalTypeAnnotation.enumType();
      case JSON -> LogicalTypeAnnotation.jsonType();
      case UUID -> LogicalTypeAnnotation.uuidType();
      case FLOAT16 -> LogicalTypeAnnotation.float16Type();
      case LIST -> LogicalTypeAnnotation.listType();
      case MAP -> LogicalTypeAnnotation.mapType();
      case DATE -> LogicalTypeAnnotation.dateType();
      case TIME ->
          LogicalTypeAnnotation.timeType(
              type.getTIME().isIsAdjustedToUTC(), unit(type.getTIME().getUnit()));
      case TIMESTAMP -> {
        TimestampType stamp = type.getTIMESTAMP();
        yield LogicalTypeAnnotation.timestampType(stamp.isIsAdjustedToUTC(), unit(stamp.getUnit()));
      }
      case DECIMAL -> {
        DecimalType decimal = type.getDECIMAL();
        yield LogicalTypeAnnotation.decimalType(decimal.getScale(), decimal.getPrecision());
      }
      case INTEGER -> {
        IntType integer = type.getINTEGER();
        yield LogicalTypeAnnotation.intType(integer.getBitWidth(), integer.isIsSigned());
      }
      default -> null;
    };
  }

  private static LogicalTypeAnnotation.TimeUnit unit(TimeUnit unit) {
    return LogicalTypeAnnotation.TimeUnit.valueOf(
        unit.getSetField().getFieldName().toUpperCase(Locale.ROOT));
  }
}
