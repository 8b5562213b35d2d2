package dev.rlmbeam.pipelines.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmResult;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;

/**
 * Results and failures as rows of CSV: the fields of {@link OutputLines} as columns, those that are
 * no single value as JSON.
 *
 * <p>A spreadsheet computes a cell that begins like a formula, and answers are made from texts that
 * anybody may have written. A text that begins so gets an apostrophe before it, unless it is a
 * number; who needs the exact text takes {@link OutputFormat#JSONL}.
 */
final class OutputCsv {
  private static final CSVFormat FORMAT = CSVFormat.RFC4180;
  private static final String FORMULA_STARTS = "=+-@\t\r\n";
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?");

  private OutputCsv() {}

  /** The first row of each file. */
  static String header(List<String> columns) {
    return FORMAT.format(columns.toArray());
  }

  static String of(RlmResult result) {
    return row(OutputLines.fields(result), OutputLines.RESULT);
  }

  static String of(RlmFailure failure) {
    return row(OutputLines.fields(failure), OutputLines.FAILURE);
  }

  private static String row(ObjectNode fields, List<String> columns) {
    return FORMAT.format(columns.stream().map(column -> cell(fields.path(column))).toArray());
  }

  private static String cell(JsonNode value) {
    if (value.isContainerNode()) {
      return RowJson.written(value);
    }
    return value.isTextual() ? inert(value.textValue()) : value.asText();
  }

  private static String inert(String text) {
    boolean formula = !text.isEmpty() && FORMULA_STARTS.indexOf(text.charAt(0)) >= 0;
    return formula && !NUMBER.matcher(text).matches() ? "'" + text : text;
  }
}
