package dev.rlmbeam.transforms;

import dev.rlmbeam.transforms.model.ModelUsage;
import dev.rlmbeam.transforms.rlm.FailureClass;
import dev.rlmbeam.transforms.rlm.Stage;
import dev.rlmbeam.transforms.rlm.StopReason;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;

/**
 * Tasks, results and failures as Beam rows, for pipelines that speak in schemas. Each pair of
 * methods loses nothing.
 */
public final class RlmRows {
  private static final Schema USAGE =
      Schema.builder()
          .addInt64Field("calls")
          .addInt64Field("inputTokens")
          .addInt64Field("outputTokens")
          .addNullableField("reportedCostUsd", FieldType.DOUBLE)
          .addNullableField("sandboxSeconds", FieldType.DOUBLE)
          .build();

  private static final FieldType USAGE_BY_MODEL =
      FieldType.map(FieldType.STRING, FieldType.row(USAGE));

  /**
   * A task: {@code context} is the text, or JSON when {@code contextJson}; {@code contextUri}
   * stands in its place for a reference.
   */
  public static final Schema TASK =
      Schema.builder()
          .addStringField("id")
          .addStringField("query")
          .addNullableStringField("context")
          .addBooleanField("contextJson")
          .addNullableStringField("contextUri")
          .addInt64Field("contextBytes")
          .addStringField("source")
          .addNullableStringField("attributes")
          .build();

  /** A result. */
  public static final Schema RESULT =
      Schema.builder()
          .addStringField("id")
          .addStringField("answer")
          .addStringField("stopReason")
          .addInt32Field("turns")
          .addInt32Field("subCalls")
          .addField("usage", USAGE_BY_MODEL)
          .addDoubleField("seconds")
          .addInt32Field("attempts")
          .addStringField("runId")
          .addNullableStringField("worker")
          .addNullableStringField("attributes")
          .build();

  /** A failure. */
  public static final Schema FAILURE =
      Schema.builder()
          .addStringField("id")
          .addStringField("errorClass")
          .addStringField("message")
          .addStringField("stage")
          .addStringField("source")
          .addInt32Field("attempts")
          .addStringField("partialAnswer")
          .addInt32Field("turns")
          .addInt32Field("subCalls")
          .addField("usage", USAGE_BY_MODEL)
          .addDoubleField("seconds")
          .addStringField("runId")
          .addNullableStringField("worker")
          .addNullableStringField("attributes")
          .build();

  private RlmRows() {}

  /** A task as a row. */
  public static Row toRow(RlmTask task) {
    Row.FieldValueBuilder row =
        Row.withSchema(TASK)
            .withFieldValue("id", task.id())
            .withFieldValue("query", task.query())
            .withFieldValue("source", task.source())
            .withFieldValue("attributes", task.attributes());
    if (task.context() instanceof RlmContext.Ref ref) {
      return row.withFieldValue("contextJson", ref.json())
          .withFieldValue("contextUri", ref.uri())
          .withFieldValue("contextBytes", ref.bytes())
          .build();
    }
    RlmContext.Inline inline = (RlmContext.Inline) task.context();
    return row.withFieldValue("context", inline.value())
        .withFieldValue("contextJson", inline.json())
        .withFieldValue("contextBytes", -1L)
        .build();
  }

  /**
   * The task of a row of schema {@link #TASK}.
   *
   * @throws IllegalArgumentException when the row has no id, or neither a context nor a contextUri
   */
  public static RlmTask toTask(Row row) {
    RlmContext context =
        toContext(row)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "task " + row.getString("id") + " has neither a context nor a contextUri"));
    return new RlmTask(
        text(row, "id"),
        text(row, "query"),
        context,
        text(row, "source"),
        textIfThere(row, "attributes"));
  }

  /** The context in a row of schema {@link #TASK}; empty when the row has none. */
  public static Optional<RlmContext> toContext(Row row) {
    String uri = row.getString("contextUri");
    String value = row.getString("context");
    boolean json = Boolean.TRUE.equals(row.getBoolean("contextJson"));
    if (uri != null) {
      return Optional.of(new RlmContext.Ref(uri, number(row.getInt64("contextBytes")), json));
    }
    return value == null ? Optional.empty() : Optional.of(new RlmContext.Inline(value, json));
  }

  /** A result as a row. */
  public static Row toRow(RlmResult result) {
    return Row.withSchema(RESULT)
        .withFieldValue("id", result.id())
        .withFieldValue("answer", result.answer())
        .withFieldValue("stopReason", result.stopReason().name())
        .withFieldValue("turns", result.turns())
        .withFieldValue("subCalls", result.subCalls())
        .withFieldValue("usage", usageRows(result.usage()))
        .withFieldValue("seconds", result.seconds())
        .withFieldValue("attempts", result.attempts())
        .withFieldValue("runId", result.runId())
        .withFieldValue("worker", result.worker())
        .withFieldValue("attributes", result.attributes())
        .build();
  }

  /** The result of a row of schema {@link #RESULT}. */
  public static RlmResult toResult(Row row) {
    return new RlmResult(
        text(row, "id"),
        text(row, "answer"),
        StopReason.valueOf(text(row, "stopReason")),
        count(row, "turns"),
        count(row, "subCalls"),
        usage(row),
        seconds(row),
        count(row, "attempts"),
        text(row, "runId"),
        textIfThere(row, "worker"),
        textIfThere(row, "attributes"));
  }

  /** A failure as a row. */
  public static Row toRow(RlmFailure failure) {
    return Row.withSchema(FAILURE)
        .withFieldValue("id", failure.id())
        .withFieldValue("errorClass", failure.errorClass().name())
        .withFieldValue("message", failure.message())
        .withFieldValue("stage", failure.stage().name())
        .withFieldValue("source", failure.source())
        .withFieldValue("attempts", failure.attempts())
        .withFieldValue("partialAnswer", failure.partialAnswer())
        .withFieldValue("turns", failure.turns())
        .withFieldValue("subCalls", failure.subCalls())
        .withFieldValue("usage", usageRows(failure.usage()))
        .withFieldValue("seconds", failure.seconds())
        .withFieldValue("runId", failure.runId())
        .withFieldValue("worker", failure.worker())
        .withFieldValue("attributes", failure.attributes())
        .build();
  }

  /** The failure of a row of schema {@link #FAILURE}. */
  public static RlmFailure toFailure(Row row) {
    return new RlmFailure(
        text(row, "id"),
        FailureClass.valueOf(text(row, "errorClass")),
        text(row, "message"),
        Stage.valueOf(text(row, "stage")),
        text(row, "source"),
        count(row, "attempts"),
        text(row, "partialAnswer"),
        count(row, "turns"),
        count(row, "subCalls"),
        usage(row),
        seconds(row),
        text(row, "runId"),
        textIfThere(row, "worker"),
        textIfThere(row, "attributes"));
  }

  private static Map<String, Row> usageRows(Map<String, ModelUsage> usage) {
    Map<String, Row> rows = new TreeMap<>();
    usage.forEach(
        (model, used) ->
            rows.put(
                model,
                Row.withSchema(USAGE)
                    .withFieldValue("calls", used.calls())
                    .withFieldValue("inputTokens", used.inputTokens())
                    .withFieldValue("outputTokens", used.outputTokens())
                    .withFieldValue("reportedCostUsd", used.reportedCostUsd())
                    .withFieldValue("sandboxSeconds", used.sandboxSeconds())
                    .build()));
    return rows;
  }

  private static Map<String, ModelUsage> usage(Row row) {
    Map<String, ModelUsage> usage = new TreeMap<>();
    Map<String, Row> rows = row.getMap("usage");
    if (rows != null) {
      rows.forEach(
          (model, used) ->
              usage.put(
                  model,
                  new ModelUsage(
                      number(used.getInt64("calls")),
                      number(used.getInt64("inputTokens")),
                      number(used.getInt64("outputTokens")),
                      used.getDouble("reportedCostUsd"),
                      used.getDouble("sandboxSeconds"))));
    }
    return usage;
  }

  private static String text(Row row, String field) {
    String value = row.getString(field);
    return value == null ? "" : value;
  }

  /** A row of an earlier version may not have it. */
  private static String textIfThere(Row row, String field) {
    return row.getSchema().hasField(field) ? text(row, field) : "";
  }

  private static int count(Row row, String field) {
    Integer value = row.getInt32(field);
    return value == null ? 0 : value;
  }

  private static double seconds(Row row) {
    Double value = row.getDouble("seconds");
    return value == null ? 0 : value;
  }

  private static long number(@org.jspecify.annotations.Nullable Long value) {
    return value == null ? 0 : value;
  }
}
