package dev.rlmbeam.pipelines.io;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** The rows of one file, one after another. One thread at a time; closed by who opened it. */
interface FileRows extends Closeable {

  /** One row. Valid until the next one is read. */
  interface Row {
    /**
     * Its fields.
     *
     * @throws BadRowException when this row cannot be used; those after it may be
     */
    ObjectNode fields() throws BadRowException;

    /** The JSON of a field that it has, digit for digit as it stands in the file. */
    String json(String field);
  }

  /**
   * The next row, or nothing at the end.
   *
   * @throws BadRowException when no rows can be told from each other any more
   * @throws IOException when the file cannot be read any further
   */
  Optional<Row> next() throws IOException, BadRowException;

  /** Where the row stands that was read last, from 1; 0 before the first. */
  long place();

  /** What such a place is called. */
  String unit();

  /**
   * Opens a file of rows.
   *
   * @param fields that are looked at; where a file tells its fields apart no others are read
   * @param maxRowBytes longest row
   */
  static FileRows open(InputFile file, Set<String> fields, int maxRowBytes) throws IOException {
    return switch (file.form()) {
      case JSON_LINES, CSV -> TextRows.open(file, maxRowBytes);
      case AVRO, PARQUET -> RecordRows.open(file, fields, maxRowBytes);
      case TEXT -> throw new IllegalArgumentException(file + " has no rows");
    };
  }
}
