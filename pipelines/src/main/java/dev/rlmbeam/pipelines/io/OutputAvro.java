package dev.rlmbeam.pipelines.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmResult;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.jspecify.annotations.Nullable;

/**
 * Results and failures as records of Avro: the fields of {@link OutputLines} by their names,
 * numbers as numbers. One file a sink; one thread at a time.
 */
final class OutputAvro<T> implements FileIO.Sink<T> {
  private static final long serialVersionUID = 1L;
  private static final String NAMESPACE = "dev.rlmbeam";
  private static final int DEFLATE_LEVEL = 6;

  /** What is no text, by the names of {@link OutputLines}. */
  private static final List<String> INTEGERS = List.of("turns", "subCalls", "attempts");

  private final SerializableFunction<T, ObjectNode> fields;
  private final String schema;
  private transient @Nullable Schema parsed;
  private transient @Nullable DataFileWriter<GenericRecord> writer;

  private OutputAvro(SerializableFunction<T, ObjectNode> fields, Schema schema) {
    this.fields = fields;
    this.schema = schema.toString();
  }

  static OutputAvro<RlmResult> ofResults(boolean withInput) {
    return new OutputAvro<>(
        OutputLines::fields, schema("RlmResult", OutputLines.RESULT, withInput));
  }

  static OutputAvro<RlmFailure> ofFailures(boolean withInput) {
    return new OutputAvro<>(
        OutputLines::fields, schema("RlmFailure", OutputLines.FAILURE, withInput));
  }

  private static Schema schema(String name, List<String> fields, boolean withInput) {
    SchemaBuilder.FieldAssembler<Schema> record =
        SchemaBuilder.record(name).namespace(NAMESPACE).fields();
    for (String field : fields) {
      Schema type =
          switch (field) {
            case "usage" -> Schema.createMap(usage());
            case "seconds" -> Schema.create(Schema.Type.DOUBLE);
            default ->
                Schema.create(INTEGERS.contains(field) ? Schema.Type.INT : Schema.Type.STRING);
          };
      record = record.name(field).type(type).noDefault();
    }
    if (withInput) {
      // A map, since fields of the input may have names that Avro does not allow.
      Schema input = Schema.createMap(nullable(Schema.create(Schema.Type.STRING)));
      record = record.name(OutputLines.INPUT).type(nullable(input)).withDefault(null);
    }
    return record.endRecord();
  }

  private static Schema usage() {
    return SchemaBuilder.record("ModelUsage")
        .namespace(NAMESPACE)
        .fields()
        .requiredLong("calls")
        .requiredLong("inputTokens")
        .requiredLong("outputTokens")
        .optionalDouble("costUsd")
        .optionalDouble("seconds")
        .endRecord();
  }

  private static Schema nullable(Schema type) {
    return Schema.createUnion(Schema.create(Schema.Type.NULL), type);
  }

  @Override
  public void open(WritableByteChannel channel) throws IOException {
    Schema record = new Schema.Parser().parse(schema);
    DataFileWriter<GenericRecord> opened =
        new DataFileWriter<>(new GenericDatumWriter<GenericRecord>(record));
    opened.setCodec(CodecFactory.deflateCodec(DEFLATE_LEVEL));
    parsed = record;
    writer = opened.create(record, Channels.newOutputStream(channel));
  }

  @Override
  public void write(T element) throws IOException {
    if (writer == null || parsed == null) {
      throw new IllegalStateException("call open() first");
    }
    writer.append(record(fields.apply(element), parsed));
  }

  @Override
  public void flush() throws IOException {
    if (writer != null) {
      writer.flush();
    }
  }

  private static GenericRecord record(JsonNode fields, Schema schema) {
    GenericRecord record = new GenericData.Record(schema);
    for (Schema.Field field : schema.getFields()) {
      record.put(field.pos(), value(fields.path(field.name()), field.schema()));
    }
    return record;
  }

  private static @Nullable Object value(JsonNode value, Schema type) {
    return switch (type.getType()) {
      case INT -> value.intValue();
      case LONG -> value.longValue();
      case DOUBLE -> value.doubleValue();
      case UNION ->
          value.isNull() || value.isMissingNode() ? null : value(value, type.getTypes().get(1));
      case RECORD -> record(value, type);
      case MAP -> map(value, type.getValueType());
      default -> value.isTextual() ? value.textValue() : RowJson.written(value);
    };
  }

  private static Map<String, @Nullable Object> map(JsonNode object, Schema type) {
    Map<String, @Nullable Object> map = new HashMap<>();
    object.fields().forEachRemaining(each -> map.put(each.getKey(), value(each.getValue(), type)));
    return map;
  }
}
