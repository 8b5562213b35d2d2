package dev.rlmbeam.transforms;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.transforms.model.ModelUsage;
import dev.rlmbeam.transforms.rlm.FailureClass;
import dev.rlmbeam.transforms.rlm.Stage;
import dev.rlmbeam.transforms.rlm.StopReason;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Coders and rows give back what they were given. */
class ElementFormsTest {
  private static final String AWKWARD = "quote\" NUL\0 CRLF\r\n emoji \uD83D\uDE00 end";

  static RlmTask[] tasks() {
    return new RlmTask[] {
      RlmTask.of("a", "what?", AWKWARD),
      new RlmTask("b", AWKWARD, RlmContext.json("[1, {\"k\": null}]"), "rows.jsonl:17"),
      new RlmTask("c", "q", new RlmContext.Ref("file:///x y.txt", 123), "x y.txt"),
      RlmTask.of("f", "q", "c").withAttributes(AWKWARD),
      new RlmTask("d", "q", RlmContext.at("gs://bucket/o"), ""),
      new RlmTask("e", "q", new RlmContext.Ref("c/1.json", 99, true), "rows.jsonl:3"),
    };
  }

  private static final RlmResult RESULT =
      new RlmResult(
          "a",
          AWKWARD,
          StopReason.MAX_TURNS,
          3,
          12,
          Map.of("m", new ModelUsage(4, 500, 60, 0.25), "n", new ModelUsage(1, 0, 0, null, 2.5)),
          1.5,
          2,
          "run",
          "host-12",
          AWKWARD);

  private static final RlmFailure FAILURE =
      new RlmFailure(
          "a",
          FailureClass.DEADLINE,
          AWKWARD,
          Stage.EXECUTE,
          "f:3",
          2,
          "half",
          1,
          2,
          Map.of("m", new ModelUsage(4, 500, 60, null)),
          1.5,
          "run",
          "host-12",
          "{}");

  @ParameterizedTest
  @MethodSource("tasks")
  void tasksSurviveTheirCoderAndTheirRow(RlmTask task) throws CoderException {
    assertThat(recode(RlmTaskCoder.of(), task)).isEqualTo(task);
    assertThat(RlmRows.toTask(RlmRows.toRow(task))).isEqualTo(task);
  }

  @Test
  void resultsSurviveTheirCoderAndTheirRow() throws CoderException {
    assertThat(recode(RlmResultCoder.of(), RESULT)).isEqualTo(RESULT);
    assertThat(RlmRows.toResult(RlmRows.toRow(RESULT))).isEqualTo(RESULT);
  }

  @Test
  void failuresSurviveTheirCoderAndTheirRow() throws CoderException {
    assertThat(recode(RlmFailureCoder.of(), FAILURE)).isEqualTo(FAILURE);
    assertThat(RlmRows.toFailure(RlmRows.toRow(FAILURE))).isEqualTo(FAILURE);
  }

  @Test
  void rowsOfBeforeThereWereAttributesHaveNone() {
    Schema.Builder schema = Schema.builder();
    RlmRows.TASK.getFields().stream()
        .filter(field -> !field.getName().equals("attributes"))
        .forEach(schema::addField);
    Row row =
        Row.withSchema(schema.build())
            .addValues("a", "q", "c", false, null, -1L, "rows.jsonl:1")
            .build();

    assertThat(RlmRows.toTask(row))
        .isEqualTo(new RlmTask("a", "q", RlmContext.text("c"), "rows.jsonl:1"));
  }

  @Test
  void aTaskThatIsChangedKeepsTheRest() {
    RlmTask task = new RlmTask("a", "q", RlmContext.text("c"), "s").withAttributes("{}");

    assertThat(task.withId("b").withContext(RlmContext.at("u")))
        .isEqualTo(new RlmTask("b", "q", RlmContext.at("u"), "s", "{}"));
  }

  private static <T> T recode(Coder<T> coder, T value) throws CoderException {
    return CoderUtils.decodeFromByteArray(coder, CoderUtils.encodeToByteArray(coder, value));
  }
}
