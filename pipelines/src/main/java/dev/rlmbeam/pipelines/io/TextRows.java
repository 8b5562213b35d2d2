package dev.rlmbeam.pipelines.io;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlmbeam.pipelines.formats.RecordBudget;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Rows that are lines of JSON, or records of CSV below a header. */
final class TextRows implements FileRows {
  private final InputStream in;
  private final RecordSplitter splitter;
  private final boolean hasHeader;
  private final int maxRowBytes;
  private @Nullable CsvRows csv;
  private long line;

  private TextRows(InputStream in, boolean hasHeader, int maxRowBytes) {
    this.in = in;
    this.hasHeader = hasHeader;
    this.maxRowBytes = maxRowBytes;
    this.splitter =
        hasHeader ? RecordSplitter.ofCsv(in, maxRowBytes) : RecordSplitter.ofLines(in, maxRowBytes);
  }

  static TextRows open(InputFile file, int maxRowBytes) throws IOException {
    return new TextRows(FileBytes.stream(file), file.form() == InputFile.Form.CSV, maxRowBytes);
  }

  @Override
  public Optional<Row> next() throws IOException, BadRowException {
    while (true) {
      Optional<RawRecord> next = splitter.next();
      if (next.isEmpty()) {
        return Optional.empty();
      }
      RawRecord row = next.get();
      line = row.line();
      if (row.isBlank()) {
        continue;
      }
      if (row.hasSwallowedRows()) {
        throw BadRowException.ofInput(
            "A quote that is opened in the row of that line is never closed.");
      }
      if (hasHeader && csv == null) {
        csv = CsvRows.under(checked(row));
      } else {
        return Optional.of(new TextRow(row));
      }
    }
  }

  @Override
  public long place() {
    return line;
  }

  @Override
  public String unit() {
    return "line";
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private RawRecord checked(RawRecord row) throws BadRowException {
    if (!row.isComplete()) {
      throw BadRowException.ofInput(RecordBudget.tooLarge(row.bytes(), maxRowBytes));
    }
    OptionalLong invalid = row.firstInvalidByte();
    if (invalid.isPresent()) {
      throw BadRowException.ofInput(
          "The row is not UTF-8: byte " + (invalid.getAsLong() + 1) + " of it is no character.");
    }
    return row;
  }

  /** A row in the bytes of the splitter. */
  private final class TextRow implements Row {
    private final RawRecord raw;

    TextRow(RawRecord raw) {
      this.raw = raw;
    }

    @Override
    public ObjectNode fields() throws BadRowException {
      RawRecord row = checked(raw);
      return csv == null ? RowJson.object(row) : csv.object(row);
    }

    @Override
    public String json(String field) {
      return RowJson.verbatim(raw, field);
    }
  }
}
