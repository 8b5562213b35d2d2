package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.options.Choice;
import java.util.Locale;

/** The form of the files of results and failures. */
public enum OutputFormat {
  /** A JSON object a line. Exact: what a program should read. */
  JSONL,
  /** RFC 4180, a header in each file. For spreadsheets. */
  CSV,
  /** Object container files. */
  AVRO;

  /** Names of such files, whichever of the forms a run wrote them in: a regular expression. */
  static final String FILE = "(?:results|failures)-\\d{5}-of-\\d{5}\\.(?:jsonl|csv|avro)";

  /**
   * The form that options ask for.
   *
   * @throws dev.rlmbeam.pipelines.options.UsageException when there is no such form
   */
  public static OutputFormat of(BatchOptions options) {
    return Choice.of("outputFormat", options.getOutputFormat(), OutputFormat.class);
  }

  String suffix() {
    return "." + name().toLowerCase(Locale.ROOT);
  }
}
