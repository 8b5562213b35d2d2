package dev.rlmbeam.pipelines.io;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlmbeam.pipelines.formats.AvroRecords;
import dev.rlmbeam.pipelines.formats.ParquetRecords;
import dev.rlmbeam.pipelines.formats.Records;
import dev.rlmbeam.pipelines.formats.UnusableRecordException;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** Rows that are records of a binary file, told by their number. */
final class RecordRows implements FileRows {
  private final Records records;
  private long number;

  private RecordRows(Records records) {
    this.records = records;
  }

  static RecordRows open(InputFile file, Set<String> fields, int maxRowBytes) throws IOException {
    return new RecordRows(
        file.form() == InputFile.Form.AVRO
            ? AvroRecords.open(FileBytes.stream(file), fields, maxRowBytes)
            : ParquetRecords.open(() -> FileBytes.seekable(file), fields, maxRowBytes));
  }

  @Override
  public Optional<Row> next() throws IOException {
    if (!records.next()) {
      return Optional.empty();
    }
    number++;
    return Optional.of(new RecordRow());
  }

  @Override
  public long place() {
    return number;
  }

  @Override
  public String unit() {
    return "row";
  }

  @Override
  public void close() throws IOException {
    records.close();
  }

  /** The record that was gone to. */
  private final class RecordRow implements Row {
    @Override
    public ObjectNode fields() throws BadRowException {
      try {
        return records.fields();
      } catch (UnusableRecordException e) {
        throw BadRowException.ofInput(String.valueOf(e.getMessage()));
      }
    }

    @Override
    public String json(String field) {
      try {
        return RowJson.written(records.fields().path(field));
      } catch (UnusableRecordException e) {
        throw new IllegalStateException("the row was read before", e);
      }
    }
  }
}
