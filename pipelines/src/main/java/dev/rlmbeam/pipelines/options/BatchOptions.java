package dev.rlmbeam.pipelines.options;

import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.jspecify.annotations.Nullable;

/** What a batch run reads and writes, and when it counts as failed. */
public interface BatchOptions extends RlmOptions {

  @Description(
      "Files, globs or folders, several with commas or by repeating the option: JSONL and CSV with a"
          + " header (a task a row, also .gz), Avro and Parquet (a task a row), any other text file"
          + " (a task a file).")
  @Nullable List<String> getInput();

  void setInput(@Nullable List<String> value);

  @Description(
      "The question: a literal, @file, or a template with {{field}} of the row. Default: the row's"
          + " field query or question.")
  @Nullable String getQuery();

  void setQuery(@Nullable String value);

  @Description("Field of the row that holds the context: a text, or any JSON list or object.")
  @Default.String("context")
  String getContextField();

  void setContextField(String value);

  @Description(
      "Field of the row that holds a path or URI of the context, streamed from there by the worker;"
          + " a relative path starts at the row's own file.")
  @Nullable String getContextUriField();

  void setContextUriField(@Nullable String value);

  @Description("Field of the row that names the task. Rows without it get a hash of their content.")
  @Default.String("id")
  String getIdField();

  void setIdField(String value);

  @Description("Only the first N rows, in the order of file names and lines; 0 for all.")
  @Default.Integer(0)
  int getLimit();

  void setLimit(int value);

  @Description("Only N rows, chosen by a hash of their ids: the same ones every time; 0 for all.")
  @Default.Integer(0)
  int getSample();

  void setSample(int value);

  @Description("Only these ids: separated by commas, or @file with one a line.")
  @Nullable String getIds();

  void setIds(@Nullable String value);

  @Description("Folder for everything the run writes. Default: runs/TIME-INPUT.")
  @Nullable String getOutput();

  void setOutput(@Nullable String value);

  @Description(
      "Form of the files of results and failures: jsonl, avro, or csv (RFC 4180, for spreadsheets: a"
          + " text that one would take for a formula begins with an apostrophe).")
  @Default.String("jsonl")
  String getOutputFormat();

  void setOutputFormat(String value);

  @Description(
      "Fields of the row that its result or failure has too, as the object 'input' (in CSV as columns"
          + " input.FIELD), separated by commas; null where the row has none. Together at most"
          + " 32768 bytes a row.")
  @Nullable List<String> getInclude();

  void setInclude(@Nullable List<String> value);

  @Description("Replace an earlier run in the output folder.")
  @Default.Boolean(false)
  boolean getOverwrite();

  void setOverwrite(boolean value);

  @Description(
      "Trajectories: files (one an element), packed (rolling files) or none. Default: files on the"
          + " Direct runner, packed elsewhere.")
  @Nullable String getTrajectories();

  void setTrajectories(@Nullable String value);

  @Description("Longest row, in bytes; a longer one is that row's failure.")
  @Default.Integer(64 * 1024 * 1024)
  int getMaxLineBytes();

  void setMaxLineBytes(int value);

  @Description(
      "Contexts of rows above so many bytes are kept in a file beside the output while the run"
          + " lasts, not in the pipeline's memory. Default on the Direct runner: 32768.")
  @Default.Integer(1024 * 1024)
  int getInlineContextLimit();

  void setInlineContextLimit(int value);

  @Description("Share of failed elements above which the run counts as failed (exit code 3).")
  @Default.Double(0.1)
  double getMaxErrorRate();

  void setMaxErrorRate(double value);

  @Description("Print the stack trace of an error too.")
  @Default.Boolean(false)
  boolean getStacktrace();

  void setStacktrace(boolean value);
}
