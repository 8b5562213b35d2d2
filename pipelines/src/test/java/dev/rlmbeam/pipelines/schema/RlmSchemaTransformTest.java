package dev.rlmbeam.pipelines.schema;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.transforms.RlmContext;
import dev.rlmbeam.transforms.RlmRows;
import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.transforms.SchemaTransformProvider;
import org.apache.beam.sdk.schemas.utils.YamlUtils;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionRowTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rows in, rows out, on the Direct runner with the real agent in real sandboxes. */
@Timeout(180)
final class RlmSchemaTransformTest {
  /** What Python makes of the context, exactly. */
  private static final String ECHO =
      """
      ```repl
      import json
      answer['content'] = context if isinstance(context, str) else json.dumps(context)
      answer['ready'] = True
      ```
      """;

  private static final Schema QUESTIONS =
      Schema.builder()
          .addStringField("page")
          .addStringField("question")
          .addNullableStringField("text")
          .build();

  private final RlmSchemaTransformProvider provider = new RlmSchemaTransformProvider();
  private final Pipeline pipeline = Pipeline.create();

  @Test
  void theConfigurationOfBeamYamlRunsThroughTheProviderThatTheServiceLoaderFinds() {
    BeamYaml yaml = BeamYaml.example();
    SchemaTransformProvider found = yaml.provider("Rlm");
    Row configuration = YamlUtils.toBeamRow(yaml.config("Rlm"), found.configurationSchema(), false);

    PCollectionRowTuple outputs =
        PCollectionRowTuple.of(
                found.inputCollectionNames().get(0),
                pipeline.apply(Create.of(yaml.elements(QUESTIONS)).withRowSchema(QUESTIONS)))
            .apply(found.from(configuration));

    assertThat(outputs.getAll().keySet()).containsExactly("output", "unanswered");
    assertThat(outputs.get("output").getSchema()).isEqualTo(RlmRows.RESULT);
    assertThat(outputs.get("unanswered").getSchema()).isEqualTo(RlmRows.FAILURE);
    PAssert.that(fields(outputs.get("output"), "answer", "stopReason"))
        .containsInAnyOrder(
            "For repairs to the ferry landing it voted a sum of 1,840 pounds. | ANSWERED");
    PAssert.that(fields(outputs.get("unanswered"), "errorClass", "stage", "source", "message"))
        .containsInAnyOrder(
            "CONTEXT_INVALID | INPUT | minutes.txt:13 | The field 'text' is empty, so there is no"
                + " context to ask about.");
    pipeline.run().waitUntilFinish();
  }

  @Test
  void failuresOfTheRunComeOutBesideThoseOfTheRows() {
    try (ModelServer server =
        ModelServer.start(call -> ServerReply.error(400, "bad", "this prompt is refused"))) {
      Schema schema = Schema.builder().addStringField("query").addStringField("context").build();
      PCollectionRowTuple outputs =
          outputs(
              asking(server),
              schema,
              Row.withSchema(schema).addValues("Why?", "one").build(),
              Row.withSchema(schema).addValues(" ", "two").build());

      assertThat(outputs.getAll().keySet()).containsExactly("output", "errors");
      PAssert.that(outputs.get("output")).empty();
      PAssert.that(fields(outputs.get("errors"), "errorClass", "stage"))
          .containsInAnyOrder("MODEL_BAD_REQUEST | MODEL", "INPUT_INVALID | INPUT");
      pipeline.run().waitUntilFinish();
    }
  }

  @Test
  void listsAndRowsAreListsAndDictsForTheCode() {
    Schema page =
        Schema.builder()
            .addStringField("title")
            .addNullableField("number", FieldType.INT64)
            .addField("share", FieldType.DOUBLE)
            .build();
    Schema schema =
        Schema.builder()
            .addField("id", FieldType.INT32)
            .addStringField("query")
            .addArrayField("context", FieldType.row(page))
            .build();
    try (ModelServer server = ModelServer.start(call -> ServerReply.text(ECHO))) {
      PCollectionRowTuple outputs =
          outputs(
              asking(server),
              schema,
              Row.withSchema(schema)
                  .addValues(
                      7,
                      "Which?",
                      List.of(
                          Row.withSchema(page).addValues("Élan \"1\"", 1L << 53, 0.5).build(),
                          Row.withSchema(page).addValues("b", null, 1e300).build()))
                  .build());

      PAssert.that(fields(outputs.get("output"), "id", "answer"))
          .containsInAnyOrder(
              "7 | [{\"title\": \"\\u00c9lan \\\"1\\\"\", \"number\": 9007199254740992, \"share\":"
                  + " 0.5}, {\"title\": \"b\", \"number\": null, \"share\": 1e+300}]");
      PAssert.that(outputs.get("errors")).empty();
      pipeline.run().waitUntilFinish();
    }
  }

  @Test
  void contextsAreReadFromTheirUri(@TempDir Path folder) throws Exception {
    Path text = Files.writeString(folder.resolve("a.txt"), "It stands in a file.");
    Schema schema = Schema.builder().addStringField("query").addStringField("path").build();
    try (ModelServer server = ModelServer.start(call -> ServerReply.text(ECHO))) {
      PCollectionRowTuple outputs =
          outputs(
              with(asking(server), "context_uri_field", "path"),
              schema,
              Row.withSchema(schema).addValues("Where?", text.toString()).build(),
              Row.withSchema(schema).addValues("Where?", folder + "/absent.txt").build());

      PAssert.that(fields(outputs.get("output"), "answer"))
          .containsInAnyOrder("It stands in a file.");
      PAssert.that(fields(outputs.get("errors"), "errorClass"))
          .containsInAnyOrder("CONTEXT_INVALID");
      pipeline.run().waitUntilFinish();
    }
  }

  @Test
  void rowsOfTasksAreTakenAsTheTasksTheyAre() {
    RlmTask task = new RlmTask("t", "Which?", RlmContext.json("[1,2]"), "rows.jsonl:3");
    try (ModelServer server = ModelServer.start(call -> ServerReply.text(ECHO))) {
      PCollectionRowTuple outputs = outputs(asking(server), RlmRows.TASK, RlmRows.toRow(task));

      PAssert.that(fields(outputs.get("output"), "id", "answer")).containsInAnyOrder("t | [1, 2]");
      pipeline.run().waitUntilFinish();
    }
  }

  @Test
  void resultsAndFailuresKeepTheWindowsOfTheirRows() {
    Schema schema =
        Schema.builder()
            .addStringField("id")
            .addStringField("query")
            .addStringField("context")
            .build();
    PCollection<Row> rows =
        pipeline
            .apply(
                Create.timestamped(
                        TimestampedValue.of(
                            Row.withSchema(schema).addValues("a", "Is it?", "It is.").build(),
                            new Instant(61_000)),
                        TimestampedValue.of(
                            Row.withSchema(schema).addValues("b", "Is it?", "").build(),
                            new Instant(122_000)))
                    .withCoder(RowCoder.of(schema)))
            .apply(Window.into(FixedWindows.of(Duration.standardMinutes(1))));

    PCollectionRowTuple outputs =
        PCollectionRowTuple.of("input", rows).apply(provider.from(Map.of()));

    PAssert.that(outputs.get("output").apply("Results", ParDo.of(new WindowFn())))
        .containsInAnyOrder("a@1970-01-01T00:01:59.999Z");
    PAssert.that(outputs.get("errors").apply("Failures", ParDo.of(new WindowFn())))
        .containsInAnyOrder("b@1970-01-01T00:02:59.999Z");
    pipeline.run().waitUntilFinish();
  }

  @Test
  void anInputOfAnotherNameIsRefused() {
    PCollection<Row> rows = pipeline.apply(Create.empty(QUESTIONS));

    UsageException e =
        assertThrows(
            UsageException.class,
            () -> PCollectionRowTuple.of("rows", rows).apply(provider.from(Map.of())));

    assertThat(e)
        .hasMessageThat()
        .isEqualTo("The RLM wants one input, named 'input'; it was given rows.");
  }

  private PCollectionRowTuple outputs(
      Map<String, Object> configuration, Schema schema, Row... rows) {
    return PCollectionRowTuple.of(
            "input", pipeline.apply(Create.of(List.of(rows)).withRowSchema(schema)))
        .apply(provider.from(configuration));
  }

  private static Map<String, Object> asking(ModelServer server) {
    return Map.of(
        "model", "openai/scripted",
        "model_base_url", server.baseUrl(),
        "local_isolation", "none");
  }

  private static Map<String, Object> with(Map<String, Object> values, String key, Object value) {
    Map<String, Object> more = new HashMap<>(values);
    more.put(key, value);
    return more;
  }

  private static PCollection<String> fields(PCollection<Row> rows, String... names) {
    return rows.apply(ParDo.of(new FieldsFn(List.of(names))));
  }

  private static final class FieldsFn extends DoFn<Row, String> {
    private static final long serialVersionUID = 1L;

    private final List<String> names;

    FieldsFn(List<String> names) {
      this.names = names;
    }

    @ProcessElement
    public void process(@Element Row row, OutputReceiver<String> out) {
      out.output(String.join(" | ", names.stream().map(name -> "" + row.getValue(name)).toList()));
    }
  }

  private static final class WindowFn extends DoFn<Row, String> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Row row, BoundedWindow window, OutputReceiver<String> out) {
      out.output(row.getString("id") + "@" + window.maxTimestamp());
    }
  }
}
