package dev.rlmbeam.pipelines.schema;

import dev.rlmbeam.pipelines.io.ContentHash;
import dev.rlmbeam.pipelines.options.EditDistance;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.transforms.RlmContext;
import dev.rlmbeam.transforms.RlmRows;
import java.io.Serializable;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;

/**
 * How rows of one schema become tasks. Immutable; it travels with the job graph.
 *
 * @param query field of the question
 * @param context field of the context
 * @param contextUri field of the context's URI; empty where contexts stand in the rows
 * @param id field of the id; empty where rows have none
 * @param source field of the source; empty where rows have none
 * @param areTasks true for rows in the very form of {@link RlmRows#TASK}
 */
record RowTasks(
    String query, String context, String contextUri, String id, String source, boolean areTasks)
    implements Serializable {

  /**
   * Looks whether rows of a schema have what is needed.
   *
   * @throws UsageException that names the field at fault, its type and what is allowed
   */
  static RowTasks of(InputFields fields, Schema schema) {
    if (fields.named().isEmpty() && schema.assignableTo(RlmRows.TASK)) {
      return new RowTasks("query", "context", "", "id", "source", true);
    }
    String query = required(fields, InputFields.QUERY, schema);
    requireText("The question", query, schema);
    String contextUri =
        fields.isNamed(InputFields.CONTEXT_URI)
            ? required(fields, InputFields.CONTEXT_URI, schema)
            : "";
    String context = "";
    if (contextUri.isEmpty()) {
      context = required(fields, InputFields.CONTEXT, schema);
      requireContext(context, schema.getField(context).getType());
    } else {
      requireText("The URI of the context", contextUri, schema);
    }
    String id = optional(fields, InputFields.ID, schema);
    if (!id.isEmpty()) {
      requireId(id, schema.getField(id).getType());
    }
    String source = optional(fields, InputFields.SOURCE, schema);
    if (!source.isEmpty()) {
      requireText("The source", source, schema);
    }
    return new RowTasks(query, context, contextUri, id, source, false);
  }

  String query(Row row) {
    return RowValue.text(row, query);
  }

  String source(Row row) {
    return source.isEmpty() ? "" : RowValue.text(row, source);
  }

  /** The id that a row brings, or one made of its question and its context. */
  String id(Row row, Optional<RlmContext> context) {
    String given = id.isEmpty() ? "" : RowValue.text(row, id);
    if (!given.isEmpty()) {
      return given;
    }
    return ContentHash.id(query(row), context.map(RowTasks::written).orElse(""));
  }

  /** The context; none where the field is null or empty. */
  Optional<RlmContext> context(Row row) {
    if (areTasks) {
      return RlmRows.toContext(row).filter(each -> !written(each).isEmpty());
    }
    if (!contextUri.isEmpty()) {
      String uri = RowValue.text(row, contextUri);
      return uri.isBlank() ? Optional.empty() : Optional.of(RlmContext.at(uri));
    }
    Object value = row.getBaseValue(context);
    if (RowValue.isEmpty(value)) {
      return Optional.empty();
    }
    return Optional.of(
        value instanceof String text
            ? RlmContext.text(text)
            : RlmContext.json(RowValue.json(value)));
  }

  /** What goes with the row's result, where the row is a task and brings something along. */
  String attributes(Row row) {
    String brought = areTasks ? row.getString("attributes") : null;
    return brought == null ? "" : brought;
  }

  /** The field that a row's context stands in, for a failure. */
  String contextPlace() {
    return contextUri.isEmpty() ? context : contextUri;
  }

  private static String written(RlmContext context) {
    return context instanceof RlmContext.Inline inline
        ? inline.value()
        : ((RlmContext.Ref) context).uri();
  }

  private static String required(InputFields fields, String key, Schema schema) {
    String name = fields.name(key);
    if (schema.hasField(name)) {
      return name;
    }
    throw new UsageException(
        "The rows have no field '"
            + name
            + "'; name the one that is meant with "
            + key
            + EditDistance.nearest(name, schema.getFieldNames())
                .map(near -> " ('" + near + "'?)")
                .orElse("")
            + ". Their fields are "
            + String.join(", ", schema.getFieldNames())
            + ".");
  }

  private static String optional(InputFields fields, String key, Schema schema) {
    if (fields.isNamed(key)) {
      return required(fields, key, schema);
    }
    return schema.hasField(fields.name(key)) ? fields.name(key) : "";
  }

  private static void requireText(String what, String name, Schema schema) {
    FieldType type = schema.getField(name).getType();
    if (!RowValue.isText(type)) {
      throw wrong(what + " has to be a STRING", RowValue.name(type) + " in '" + name + "'");
    }
  }

  private static void requireId(String name, FieldType type) {
    if (!RowValue.isText(type) && !RowValue.isWholeNumber(type)) {
      throw wrong(
          "The id has to be a STRING or a whole number",
          RowValue.name(type) + " in '" + name + "'");
    }
  }

  private static void requireContext(String name, FieldType type) {
    if (RowValue.isText(type)) {
      return;
    }
    Optional<String> found =
        RowValue.isContainer(type)
            ? RowValue.withoutJson(name, type)
            : Optional.of(RowValue.name(type) + " in '" + name + "'");
    if (found.isPresent()) {
      throw wrong(
          "The context has to be a STRING, or an ARRAY, MAP or ROW of texts, numbers and booleans",
          found.get());
    }
  }

  private static UsageException wrong(String wanted, String found) {
    return new UsageException(wanted + ", but the rows have " + found + ".");
  }
}
