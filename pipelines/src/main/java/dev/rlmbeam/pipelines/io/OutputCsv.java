package dev.rlmbeam.pipelines.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmResult;
import java.io.Serializable;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;

/**
 * Results and failures as rows of CSV: the fields of {@link OutputLines} as columns, those that are
 * no single value as JSON; of {@code input} a column each. Immutable.
 *
 * <p>A spreadsheet computes a cell that begins like a formula, and answers are made from texts that
 * anybody may have written. A text that begins so gets an apostrophe before it, unless it is a
 * number; who needs the exact text takes {@link OutputFormat#JSONL}.
 *
 * @param include the fields of the input that are columns too
 */
record OutputCsv(List<String> include) implements Serializable {
  private static final CSVFormat FORMAT = CSVFormat.RFC4180;
  private static final String FORMULA_STARTS = "=+-@\uFF1D\uFF0B\uFF0D\uFF20";
  private static final String BREAKS = "\t\r\n";
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?");

  OutputCsv {
    include = List.copyOf(include);
  }

  /** The first row of each file of results. */
  String resultHeader() {
    return header(OutputLines.RESULT);
  }

  /** The first row of each file of failures. */
  String failureHeader() {
    return header(OutputLines.FAILURE);
  }

  String of(RlmResult result) {
    return row(OutputLines.fields(result), OutputLines.RESULT);
  }

  String of(RlmFailure failure) {
    return row(OutputLines.fields(failure), OutputLines.FAILURE);
  }

  private String header(List<String> columns) {
    Stream<String> included = include.stream().map(field -> OutputLines.INPUT + "." + field);
    return FORMAT.format(Stream.concat(columns.stream(), included).toArray());
  }

  private String row(ObjectNode fields, List<String> columns) {
    JsonNode input = fields.path(OutputLines.INPUT);
    return FORMAT.format(
        Stream.concat(columns.stream().map(fields::path), include.stream().map(input::path))
            .map(OutputCsv::cell)
            .toArray());
  }

  private static String cell(JsonNode value) {
    if (value.isContainerNode()) {
      return RowJson.written(value);
    }
    if (value.isTextual()) {
      return inert(value.textValue());
    }
    return value.isNull() ? "" : value.asText();
  }

  private static String inert(String text) {
    return isFormula(text) ? "'" + text : text;
  }

  /** The text that a cell was made of. */
  static String original(String cell) {
    return cell.startsWith("'") && isFormula(cell.substring(1)) ? cell.substring(1) : cell;
  }

  /**
   * Behind blanks, which spreadsheets pass over, and in the wide form that some take for the same;
   * behind apostrophes too: else the one that is put there could not be told from a text's own.
   */
  private static boolean isFormula(String text) {
    int start = 0;
    while (start < text.length() && text.charAt(start) == '\'') {
      start++;
    }
    if (start == text.length() || BREAKS.indexOf(text.charAt(start)) >= 0) {
      return start < text.length();
    }
    while (start < text.length() && isBlank(text.charAt(start))) {
      start++;
    }
    return start < text.length()
        && FORMULA_STARTS.indexOf(text.charAt(start)) >= 0
        && !NUMBER.matcher(text.substring(start)).matches();
  }

  private static boolean isBlank(char character) {
    return Character.isWhitespace(character)
        || Character.isSpaceChar(character)
        || character == '\uFEFF';
  }
}
