package dev.rlmbeam.pipelines.formats;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import org.apache.avro.Schema;

/** The records of an Avro object container file, read from its start to its end. */
public final class AvroRecords implements Records {
  private final AvroBlocks blocks;
  private final AvroValues values;
  private final Set<String> fields;
  private final RecordBudget budget;
  private AvroInput input = new AvroInput(InputStream.nullInputStream());
  private long leftInBlock = -1;
  private ObjectNode record = Values.JSON.objectNode();

  private AvroRecords(AvroBlocks blocks, Set<String> fields, int maxRecordBytes) {
    this.blocks = blocks;
    this.fields = Set.copyOf(fields);
    this.budget = new RecordBudget(maxRecordBytes);
    this.values = new AvroValues(budget);
  }

  /**
   * Opens a file. The stream is closed with the records, or here if it is no such file.
   *
   * @param fields whose values are wanted
   * @param maxRecordBytes how large they may be together
   */
  public static AvroRecords open(InputStream stream, Set<String> fields, int maxRecordBytes)
      throws IOException {
    AvroBlocks blocks = new AvroBlocks(stream, maxRecordBytes);
    if (blocks.schema().getType() != Schema.Type.RECORD) {
      blocks.close();
      throw new BrokenFileException(
          "its rows are no records, but of the type " + blocks.schema().getType().getName());
    }
    return new AvroRecords(blocks, fields, maxRecordBytes);
  }

  @Override
  public boolean next() throws IOException {
    try {
      while (leftInBlock <= 0) {
        if (leftInBlock == 0) {
          blocks.end();
        }
        leftInBlock = blocks.next();
        if (leftInBlock < 0) {
          return false;
        }
        input = new AvroInput(blocks.data());
      }
      record = read();
      leftInBlock--;
      return true;
    } catch (RuntimeException e) {
      // What the decompressors say of a block that is no such block.
      throw BrokenFileException.of("a block", e);
    }
  }

  private ObjectNode read() throws IOException {
    long begin = input.position();
    budget.begin();
    ObjectNode read = Values.JSON.objectNode();
    for (Schema.Field field : blocks.schema().getFields()) {
      boolean wanted = fields.contains(field.name());
      read.set(field.name(), values.read(field.schema(), input, field.name(), wanted));
    }
    if (input.position() == begin) {
      throw new BrokenFileException("there are rows without a byte in it");
    }
    return read;
  }

  @Override
  public ObjectNode fields() throws UnusableRecordException {
    budget.check();
    return record;
  }

  @Override
  public void close() throws IOException {
    blocks.close();
  }
}
