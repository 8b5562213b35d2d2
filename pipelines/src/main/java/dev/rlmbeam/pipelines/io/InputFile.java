package dev.rlmbeam.pipelines.io;

import java.io.Serializable;
import java.util.Locale;

/**
 * One file of the input. Immutable.
 *
 * @param uri what {@code FileSystems} opens
 * @param id its path below what all patterns have in common; unique in the run
 * @param name its path for a person: from the working directory where it lies below
 * @param bytes its size, -1 if unknown
 */
record InputFile(String uri, String id, String name, long bytes) implements Serializable {

  /** How the file holds tasks. */
  enum Form {
    /** A JSON object a line. */
    JSON_LINES,
    /** A header, then a record a row. */
    CSV,
    /** An Avro object container file: a record a row. */
    AVRO,
    /** A record a row. */
    PARQUET,
    /** One task: the file is its context. */
    TEXT
  }

  Form form() {
    String path = uri.toLowerCase(Locale.ROOT);
    if (isGzip()) {
      path = path.substring(0, path.length() - ".gz".length());
    }
    if (path.endsWith(".jsonl") || path.endsWith(".ndjson")) {
      return Form.JSON_LINES;
    }
    if (path.endsWith(".avro")) {
      return Form.AVRO;
    }
    if (path.endsWith(".parquet")) {
      return Form.PARQUET;
    }
    return path.endsWith(".csv") ? Form.CSV : Form.TEXT;
  }

  boolean isGzip() {
    return uri.toLowerCase(Locale.ROOT).endsWith(".gz");
  }
}
