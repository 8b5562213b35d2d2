package dev.rlmbeam.pipelines.options;

import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.jspecify.annotations.Nullable;

/** What a batch run reads and writes, and when it counts as failed. */
public interface BatchOptions extends RunOptions {

  @OptionGroup.In(value = OptionGroup.INPUT, sample = "FILES", place = 1)
  @Description(
      "Files, globs or folders, with commas between or repeated. JSONL, CSV with a header (both also"
          + " .gz), Avro and Parquet are a task a row; any other text file is one task.")
  @Nullable List<String> getInput();

  void setInput(@Nullable List<String> value);

  @OptionGroup.In(value = OptionGroup.INPUT, sample = "QUESTION", place = 2)
  @Description(
      "The question, literal, as @file, or a template with {{field}}. The fields are those"
          + " of the row. Default: the row's field query or question.")
  @Nullable String getQuery();

  void setQuery(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.INPUT, sample = "FIELD", place = 3)
  @Description("Field of the row that holds the context. It is a text, or any JSON list or object.")
  @Default.String("context")
  String getContextField();

  void setContextField(String value);

  @OptionGroup.In(value = OptionGroup.INPUT, sample = "FIELD", place = 4)
  @Description(
      "Field of the row with a path or URI of the context. The worker streams it from"
          + " there; a relative path starts at the row's own file.")
  @Nullable String getContextUriField();

  void setContextUriField(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.INPUT, sample = "FIELD", place = 5)
  @Description("Field of the row that names the task. Rows without it get a hash of their content.")
  @Default.String("id")
  String getIdField();

  void setIdField(String value);

  @OptionGroup.In(value = OptionGroup.INPUT, sample = "ROWS", place = 6)
  @Description("Only the first rows. They stand in the order of file names and lines; 0 for all.")
  @Default.Integer(0)
  int getLimit();

  void setLimit(int value);

  @OptionGroup.In(value = OptionGroup.INPUT, sample = "ROWS", place = 7)
  @Description(
      "Only so many rows, the same ones every time. They are chosen by a hash of their ids;"
          + " 0 for all.")
  @Default.Integer(0)
  int getSample();

  void setSample(int value);

  @OptionGroup.In(value = OptionGroup.INPUT, sample = "IDS", place = 8)
  @Description("Only these ids, with commas between, or @file with one a line.")
  @Nullable String getIds();

  void setIds(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.OUTPUT, sample = "jsonl|csv|avro", place = 10)
  @Description(
      "Form of the files of results and failures. csv is RFC 4180, for spreadsheets: a text that"
          + " one would take for a formula begins with an apostrophe.")
  @Default.String("jsonl")
  String getOutputFormat();

  void setOutputFormat(String value);

  @OptionGroup.In(value = OptionGroup.OUTPUT, sample = "FIELD,FIELD", place = 11)
  @Description(
      "Fields of the row that its result or failure has too. They are the object 'input', in CSV"
          + " columns input.FIELD; null where the row has none. Together at most 32768 bytes a row.")
  @Nullable List<String> getInclude();

  void setInclude(@Nullable List<String> value);

  @OptionGroup.In(value = OptionGroup.INPUT, sample = "BYTES", place = 9, rare = true)
  @Description("Longest row. A longer one is that row's failure.")
  @Default.Integer(64 * 1024 * 1024)
  int getMaxLineBytes();

  void setMaxLineBytes(int value);

  @OptionGroup.In(value = OptionGroup.INPUT, sample = "BYTES", place = 10, rare = true)
  @Description(
      "Longer contexts of rows are kept in files meanwhile. They stand beside the output"
          + " while the run lasts, not in the pipeline's memory. Default on the Direct runner:"
          + " 32768.")
  @Default.Integer(1024 * 1024)
  int getInlineContextLimit();

  void setInlineContextLimit(int value);

  @OptionGroup.In(value = OptionGroup.LIMIT, sample = "SHARE", place = 20)
  @Description(
      "Share of failed elements that the run may have. With more it ends with exit code 3.")
  @Default.Double(0.1)
  double getMaxErrorRate();

  void setMaxErrorRate(double value);
}
