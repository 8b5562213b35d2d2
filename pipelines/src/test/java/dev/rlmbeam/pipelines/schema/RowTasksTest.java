package dev.rlmbeam.pipelines.schema;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.transforms.RlmContext;
import dev.rlmbeam.transforms.RlmRows;
import dev.rlmbeam.transforms.RlmTask;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.logicaltypes.MicrosInstant;
import org.apache.beam.sdk.schemas.logicaltypes.VariableString;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.Test;

/** Which rows can be tasks, and what becomes of their fields. */
final class RowTasksTest {
  private static final FieldType TEXT = FieldType.STRING;

  @Test
  void aFieldThatIsNotThereIsNamedWithItsKeyAndTheNearest() {
    assertThat(problem(Map.of(), schema("id", TEXT, "querry", TEXT, "context", TEXT)))
        .isEqualTo(
            "The rows have no field 'query'; name the one that is meant with query_field"
                + " ('querry'?). Their fields are id, querry, context.");
    assertThat(problem(Map.of(), schema("query", TEXT, "page_text", TEXT)))
        .isEqualTo(
            "The rows have no field 'context'; name the one that is meant with context_field."
                + " Their fields are query, page_text.");
    assertThat(problem(Map.of("id_field", "key"), schema("query", TEXT, "context", TEXT)))
        .startsWith("The rows have no field 'key'; name the one that is meant with id_field");
    assertThat(problem(Map.of("context_uri_field", "uri"), schema("query", TEXT, "context", TEXT)))
        .startsWith("The rows have no field 'uri'; name the one that is meant with context_uri");
  }

  @Test
  void aFieldOfAnotherTypeIsNamedWithItsTypeAndWhatIsAllowed() {
    assertThat(problem(Map.of(), schema("query", FieldType.INT64, "context", TEXT)))
        .isEqualTo("The question has to be a STRING, but the rows have INT64 in 'query'.");
    assertThat(problem(Map.of(), schema("query", TEXT, "context", FieldType.BYTES)))
        .isEqualTo(
            "The context has to be a STRING, or an ARRAY, MAP or ROW of texts, numbers and booleans,"
                + " but the rows have BYTES in 'context'.");
    assertThat(problem(Map.of(), schema("query", TEXT, "context", FieldType.INT64)))
        .endsWith("but the rows have INT64 in 'context'.");
    assertThat(problem(Map.of(), schema("query", TEXT, "context", TEXT, "id", FieldType.DOUBLE)))
        .isEqualTo(
            "The id has to be a STRING or a whole number, but the rows have DOUBLE in 'id'.");
    assertThat(problem(Map.of(), schema("query", TEXT, "context", TEXT, "source", FieldType.INT32)))
        .isEqualTo("The source has to be a STRING, but the rows have INT32 in 'source'.");
    assertThat(
            problem(
                Map.of("context_uri_field", "uri"), schema("query", TEXT, "uri", FieldType.BYTES)))
        .isEqualTo("The URI of the context has to be a STRING, but the rows have BYTES in 'uri'.");
  }

  @Test
  void whatHasNoJsonFormIsNamedWithItsPlaceInTheContext() {
    FieldType page =
        FieldType.row(schema("title", TEXT, "scan", FieldType.map(TEXT, FieldType.BYTES)));

    assertThat(problem(Map.of(), schema("query", TEXT, "context", FieldType.array(page))))
        .endsWith("but the rows have BYTES in 'context[].scan{}'.");
    assertThat(
            problem(
                Map.of(), schema("query", TEXT, "context", FieldType.map(FieldType.INT64, TEXT))))
        .endsWith("but the rows have a map with keys of type INT64 in 'context'.");
    assertThat(
            problem(
                Map.of(),
                schema(
                    "query",
                    TEXT,
                    "context",
                    FieldType.iterable(FieldType.logicalType(new MicrosInstant())))))
        .endsWith(
            "but the rows have LOGICAL_TYPE<beam:logical_type:micros_instant:v1> in 'context[]'.");
  }

  @Test
  void nullableFieldsAndTextsOfDatabasesAreTexts() {
    Schema schema =
        schema(
            "id",
            FieldType.INT64.withNullable(true),
            "query",
            FieldType.logicalType(VariableString.of(40)),
            "context",
            FieldType.logicalType(VariableString.of(40)).withNullable(true));
    RowTasks tasks = RowTasks.of(fields(Map.of()), schema);
    Row row = row(schema, 17L, "Why?", "Because.");

    assertThat(tasks.query(row)).isEqualTo("Why?");
    assertThat(tasks.context(row)).isEqualTo(Optional.of(RlmContext.text("Because.")));
    assertThat(tasks.id(row, tasks.context(row))).isEqualTo("17");
    assertThat(tasks.source(row)).isEmpty();
  }

  @Test
  void rowsWithoutAnIdGetOneOfTheirContent() {
    Schema schema = schema("id", TEXT.withNullable(true), "query", TEXT, "context", TEXT);
    RowTasks tasks = RowTasks.of(fields(Map.of()), schema);

    String first = id(tasks, row(schema, null, "Why?", "one"));

    assertThat(first).matches("sha256-[0-9a-f]{16}");
    assertThat(id(tasks, row(schema, "", "Why?", "one"))).isEqualTo(first);
    assertThat(id(tasks, row(schema, null, "Why?", "two"))).isNotEqualTo(first);
    assertThat(id(tasks, row(schema, null, "How?", "one"))).isNotEqualTo(first);
  }

  @Test
  void containersAreWrittenAsPythonReadsThem() {
    Schema page =
        schema(
            "a",
            TEXT.withNullable(true),
            "b",
            FieldType.array(FieldType.BOOLEAN),
            "c",
            FieldType.map(TEXT, FieldType.DECIMAL),
            "d",
            FieldType.FLOAT,
            "e",
            FieldType.INT16);
    Row value =
        row(
            page,
            null,
            List.of(true, false),
            Map.of("k", new BigDecimal("1E+3")),
            0.1f,
            (short) -3);

    assertThat(context(FieldType.row(page), value))
        .isEqualTo(
            Optional.of(
                RlmContext.json(
                    "{\"a\":null,\"b\":[true,false],\"c\":{\"k\":1000},\"d\":0.1,\"e\":-3}")));
  }

  @Test
  void aNumberThatIsNoneIsNotMadeAText() {
    assertThat(context(FieldType.array(FieldType.DOUBLE), List.of(1.5, Double.NaN)))
        .isEqualTo(Optional.of(RlmContext.json("[1.5,NaN]")));
  }

  @Test
  void aDecimalOfAnyScaleIsWritten() {
    List<BigDecimal> values = List.of(new BigDecimal("0E-8"), new BigDecimal("1E-20000"));

    assertThat(context(FieldType.array(FieldType.DECIMAL), values))
        .isEqualTo(Optional.of(RlmContext.json("[0.00000000,1E-20000]")));
  }

  @Test
  void whatIsEmptyIsNoContext() {
    assertThat(context(TEXT, "")).isEmpty();
    assertThat(context(TEXT, null)).isEmpty();
    assertThat(context(FieldType.array(TEXT), List.of())).isEmpty();
    assertThat(context(FieldType.map(TEXT, TEXT), Map.of())).isEmpty();
    assertThat(context(FieldType.array(TEXT), List.of("a"))).isPresent();
  }

  @Test
  void rowsOfTasksGiveTheirContextsBack() {
    RowTasks tasks = RowTasks.of(fields(Map.of()), RlmRows.TASK);
    List<RlmContext> contexts =
        List.of(
            RlmContext.text("a text"),
            RlmContext.json("[1]"),
            new RlmContext.Ref("gs://bucket/o", 12, true));
    for (RlmContext context : contexts) {
      Row row = RlmRows.toRow(new RlmTask("t", "Why?", context, "rows.jsonl:1", "{\"page\":7}"));

      assertThat(tasks.context(row)).isEqualTo(Optional.of(context));
      assertThat(tasks.query(row)).isEqualTo("Why?");
      assertThat(id(tasks, row)).isEqualTo("t");
      assertThat(tasks.source(row)).isEqualTo("rows.jsonl:1");
      assertThat(tasks.attributes(row)).isEqualTo("{\"page\":7}");
    }
    assertThat(
            tasks.context(
                Row.withSchema(RlmRows.TASK)
                    .addValues("t", "Why?", null, false, null, -1L, "", null)
                    .build()))
        .isEmpty();
  }

  private static String id(RowTasks tasks, Row row) {
    return tasks.id(row, tasks.context(row));
  }

  private static Optional<RlmContext> context(FieldType type, Object value) {
    Schema schema = schema("query", TEXT, "context", type.withNullable(true));
    return RowTasks.of(fields(Map.of()), schema).context(row(schema, "Why?", value));
  }

  private static String problem(Map<String, Object> configuration, Schema schema) {
    return assertThrows(UsageException.class, () -> RowTasks.of(fields(configuration), schema))
        .getMessage();
  }

  private static InputFields fields(Map<String, Object> configuration) {
    return InputFields.of(configuration);
  }

  private static Row row(Schema schema, Object... values) {
    return Row.withSchema(schema).addValues(Arrays.asList(values)).build();
  }

  private static Schema schema(Object... namesAndTypes) {
    Schema.Builder schema = Schema.builder();
    for (int i = 0; i < namesAndTypes.length; i += 2) {
      schema.addField(Field.of((String) namesAndTypes[i], (FieldType) namesAndTypes[i + 1]));
    }
    return schema.build();
  }
}
