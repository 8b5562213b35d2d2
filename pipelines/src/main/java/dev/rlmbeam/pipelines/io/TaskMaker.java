package dev.rlmbeam.pipelines.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlmbeam.transforms.RlmContext;
import dev.rlmbeam.transforms.RlmTask;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Makes tasks of rows and of whole files. One thread at a time. */
final class TaskMaker {
  private static final String QUERY = "query";
  private static final String QUESTION = "question";

  private final InputSettings settings;
  private final QueryTemplate template;
  private final IncludedFields included;

  TaskMaker(InputSettings settings) {
    this.settings = settings;
    this.included = new IncludedFields(settings.include());
    this.template = new QueryTemplate(settings.query());
  }

  /** The fields of a row that it looks at; whatever else a row has is of no use. */
  Set<String> fields() {
    Set<String> fields = new HashSet<>(settings.include());
    fields.add(settings.idField());
    fields.add(
        settings.contextUriField().isEmpty()
            ? settings.contextField()
            : settings.contextUriField());
    fields.addAll(settings.query().isEmpty() ? Set.of(QUERY, QUESTION) : template.fields());
    return fields;
  }

  /** The task of a file that is one context. */
  RlmTask ofFile(InputFile file) throws BadRowException {
    if (file.isGzip()) {
      throw BadRowException.ofContext(
          "A compressed text cannot be a context; decompress it, or put it into JSONL.");
    }
    if (file.bytes() == 0) {
      throw BadRowException.ofContext("The file is empty, so there is no context to ask about.");
    }
    ObjectNode fields = fields(file);
    return new RlmTask(
        file.id(),
        query(fields),
        new RlmContext.Ref(file.uri(), file.bytes()),
        file.name(),
        included.of(fields));
  }

  /** What stands in for the fields of a row where a file is the task. */
  static ObjectNode fields(InputFile file) {
    return RowJson.newObject().put("id", file.id()).put("path", file.name());
  }

  /** The task of a row. */
  RlmTask ofRow(ObjectNode row, FileRows.Row raw, InputFile file, String source)
      throws BadRowException {
    String query = query(row);
    RlmContext context = settings.contextUriField().isEmpty() ? inline(row, raw) : byUri(row, file);
    String written =
        context instanceof RlmContext.Inline value
            ? value.value()
            : row.path(settings.contextUriField()).asText();
    String id = givenId(row);
    return new RlmTask(
        id.isEmpty() ? ContentHash.id(query, written) : id,
        query,
        context,
        source,
        included.of(row));
  }

  /** The id that a row brings; empty if it brings none. */
  String givenId(ObjectNode row) throws BadRowException {
    JsonNode id = row.get(settings.idField());
    if (id == null || id.isNull()) {
      return "";
    }
    if (id.isContainerNode()) {
      throw BadRowException.ofInput(
          "The field '"
              + settings.idField()
              + "' is no text and no number; name another with --idField.");
    }
    return UnicodeText.of(id.asText(), settings.idField());
  }

  private String query(ObjectNode row) throws BadRowException {
    String query;
    if (!settings.query().isEmpty()) {
      query = template.fill(row);
    } else {
      JsonNode given = row.hasNonNull(QUERY) ? row.get(QUERY) : row.get(QUESTION);
      if (given == null || !given.isTextual()) {
        throw BadRowException.ofInput(
            "The row has no question: give --query, or a text field 'query' or 'question'; its"
                + " fields are "
                + FieldNames.of(row)
                + ".");
      }
      query = given.textValue();
    }
    if (query.isBlank()) {
      throw BadRowException.ofInput("The question is empty.");
    }
    return UnicodeText.of(query, QUERY);
  }

  private RlmContext inline(ObjectNode row, FileRows.Row raw) throws BadRowException {
    String field = settings.contextField();
    JsonNode value = row.get(field);
    if (value == null) {
      throw BadRowException.ofInput(
          "The row has no field '"
              + field
              + "' for the context; name it with --contextField. Its fields are "
              + FieldNames.of(row)
              + ".");
    }
    boolean empty =
        value.isNull()
            || (value.isTextual() && value.textValue().isEmpty())
            || (value.isContainerNode() && value.isEmpty());
    if (empty) {
      throw BadRowException.ofContext(
          "The field '" + field + "' is empty, so there is no context to ask about.");
    }
    if (value.isTextual()) {
      return RlmContext.text(UnicodeText.of(value.textValue(), field));
    }
    if (value.isBinary()) {
      throw BadRowException.ofContext(
          "The field '" + field + "' holds bytes, which are no text; write it as a string.");
    }
    UnicodeText.require(value, field);
    return RlmContext.json(raw.json(field));
  }

  private RlmContext byUri(ObjectNode row, InputFile file) throws BadRowException {
    String field = settings.contextUriField();
    JsonNode value = row.get(field);
    if (value == null || !value.isTextual() || value.textValue().isBlank()) {
      throw BadRowException.ofInput(
          "The row has no path or URI in the field '"
              + field
              + "', which --contextUriField names; its fields are "
              + FieldNames.of(row)
              + ".");
    }
    String uri = value.textValue();
    if (uri.contains("://")) {
      return RlmContext.at(uri);
    }
    String folder = file.uri().substring(0, file.uri().lastIndexOf('/') + 1);
    if (folder.contains("://")) {
      return RlmContext.at(uri.startsWith("/") ? uri : folder + uri);
    }
    try {
      return RlmContext.at(Path.of(folder).resolve(uri).normalize().toString());
    } catch (InvalidPathException e) {
      throw BadRowException.ofContext("The context's path is no path: " + e.getReason() + ".");
    }
  }
}
