package dev.rlmbeam.pipelines.formats;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;

/** An Avro file, written by Avro's own library. */
public final class AvroFile {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Schema schema;
  private final DataFileWriter<GenericRecord> writer;

  private AvroFile(Schema schema, CodecFactory codec, int blockBytes) throws IOException {
    this.schema = schema;
    this.writer = new DataFileWriter<>(new GenericDatumWriter<>(schema));
    writer.setCodec(codec);
    writer.setSyncInterval(blockBytes);
    writer.create(schema, bytes);
  }

  /** A file of records with these fields: {@code {"name":"a","type":"int"}, …}. */
  public static AvroFile of(String fields, CodecFactory codec) throws IOException {
    return of(fields, codec, DataFileConstants.DEFAULT_SYNC_INTERVAL);
  }

  /**
   * The same.
   *
   * @param blockBytes when a block has so many, it ends
   */
  public static AvroFile of(String fields, CodecFactory codec, int blockBytes) throws IOException {
    return new AvroFile(
        new Schema.Parser()
            .parse("{\"type\":\"record\",\"name\":\"R\",\"fields\":[" + fields + "]}"),
        codec,
        blockBytes);
  }

  public Schema schema() {
    return schema;
  }

  public Schema schema(String field) {
    return schema.getField(field).schema();
  }

  /** Adds a record of field names and values in turn. */
  public AvroFile add(Object... namesAndValues) throws IOException {
    GenericRecordBuilder record = new GenericRecordBuilder(schema);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      record.set((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    writer.append(record.build());
    return this;
  }

  /** Ends a block, and begins another one with the next record. */
  public AvroFile block() throws IOException {
    writer.sync();
    return this;
  }

  public byte[] bytes() throws IOException {
    writer.close();
    return bytes.toByteArray();
  }
}
