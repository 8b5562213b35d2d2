package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.options.Range;
import dev.rlmbeam.pipelines.options.TextOrFile;
import dev.rlmbeam.pipelines.options.UsageException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What is read and how a row becomes a task. Immutable; it travels with the job graph.
 *
 * @param patterns files, globs or folders
 * @param query template of the question; empty when each row brings its own
 * @param contextField field of a row that holds the context
 * @param contextUriField field of a row that holds the context's path or URI; empty for none
 * @param idField field of a row that holds the id
 * @param include fields of a row that its result or failure has too
 * @param selection which of the rows
 * @param maxRowBytes longest row, in bytes
 * @param inlineContextBytes longest context that travels with its task, in bytes
 * @param contextFolder where longer ones are kept while the run lasts
 * @param runId of the run
 */
public record InputSettings(
    List<String> patterns,
    String query,
    String contextField,
    String contextUriField,
    String idField,
    List<String> include,
    Selection selection,
    int maxRowBytes,
    int inlineContextBytes,
    String contextFolder,
    String runId)
    implements Serializable {

  public InputSettings {
    patterns = List.copyOf(patterns);
    include = List.copyOf(include);
  }

  /**
   * Reads and checks options.
   *
   * @param contextFolder where long contexts of rows may be kept
   * @throws UsageException that names the option, its value and what is allowed
   */
  public static InputSettings of(BatchOptions options, String contextFolder, String runId) {
    List<String> input = Objects.requireNonNullElse(options.getInput(), List.<String>of());
    List<String> patterns = input.stream().filter(pattern -> !pattern.isBlank()).toList();
    if (patterns.isEmpty()) {
      throw new UsageException(
          "There is no input: --input=FILES (JSONL, CSV, Avro, Parquet, or texts with"
              + " --query=QUESTION).");
    }
    String query = TextOrFile.read("query", Objects.requireNonNullElse(options.getQuery(), ""));
    if (options.getQuery() != null && query.isBlank()) {
      throw UsageException.ofValue("query", options.getQuery(), "a question");
    }
    return new InputSettings(
        patterns,
        query,
        field("contextField", options.getContextField()),
        Objects.requireNonNullElse(options.getContextUriField(), ""),
        field("idField", options.getIdField()),
        include(options),
        selection(options),
        Range.within("maxLineBytes", options.getMaxLineBytes(), 1024, Integer.MAX_VALUE - 64),
        Range.atLeast("inlineContextLimit", options.getInlineContextLimit(), 0),
        contextFolder,
        runId);
  }

  private static List<String> include(BatchOptions options) {
    List<String> given = Objects.requireNonNullElse(options.getInclude(), List.<String>of());
    List<String> fields =
        given.stream().map(String::strip).filter(field -> !field.isEmpty()).distinct().toList();
    if (fields.isEmpty() && options.getInclude() != null) {
      throw UsageException.ofValue(
          "include", String.join(",", given), "names of fields with commas between");
    }
    return fields;
  }

  private static Selection selection(BatchOptions options) {
    int limit = Range.atLeast("limit", options.getLimit(), 0);
    int sample = Range.atLeast("sample", options.getSample(), 0);
    String ids = options.getIds();
    List<String> given = new ArrayList<>();
    if (limit > 0) {
      given.add("--limit");
    }
    if (sample > 0) {
      given.add("--sample");
    }
    if (ids != null) {
      given.add("--ids");
    }
    if (given.size() > 1) {
      throw new UsageException(
          String.join(" and ", given) + " exclude each other: give one of them.");
    }
    if (ids != null) {
      return new Selection.Ids(ids(ids));
    }
    if (sample > 0) {
      return new Selection.Sample(sample);
    }
    return limit > 0 ? new Selection.First(limit) : new Selection.All();
  }

  private static Set<String> ids(String value) {
    String separator = value.startsWith("@") ? "\\R" : ",";
    Set<String> ids = new LinkedHashSet<>();
    for (String id : TextOrFile.read("ids", value).split(separator, -1)) {
      if (!id.isBlank()) {
        ids.add(id.strip());
      }
    }
    if (ids.isEmpty()) {
      throw UsageException.ofValue(
          "ids", value, "ids with commas between, or @FILE with one a line");
    }
    return ids;
  }

  private static String field(String option, String name) {
    if (name.isBlank()) {
      throw UsageException.ofValue(option, name, "the name of a field");
    }
    return name;
  }
}
