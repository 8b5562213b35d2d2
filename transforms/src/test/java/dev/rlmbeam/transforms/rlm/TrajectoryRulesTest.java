package dev.rlmbeam.transforms.rlm;

import static com.google.common.truth.Truth.assertThat;
import static dev.rlmbeam.transforms.rlm.LoopRig.code;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.sandbox.testing.ScriptedResult;
import dev.rlmbeam.sandbox.testing.ScriptedSessions;
import dev.rlmbeam.transforms.model.testing.ScriptedModel;
import dev.rlmbeam.transforms.rlm.trajectory.PromptHistory;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The eight rules by which the reference's visualizer opens a trajectory, on files of whole runs.
 */
@Timeout(30)
@ParameterizedClass
@EnumSource(PromptHistory.class)
class TrajectoryRulesTest {
  private static final Pattern QUOTED = Pattern.compile("original query: \"([^\"]+)\"");

  @Parameter PromptHistory history;
  @TempDir Path folder;
  private TrajectoryRig rig;

  @BeforeEach
  void openRig() {
    rig = new TrajectoryRig(folder);
    rig.history = history;
  }

  @AfterEach
  void closeRig() throws InterruptedException {
    rig.close();
  }

  private static JsonNode result(JsonNode turn) {
    return turn.get("code_blocks").get(0).get("result");
  }

  @Test
  void rule1HoldsOneMetadataLineThenIterationsAndNothingElse() throws Exception {
    List<JsonNode> lines = rig.twoTurns();

    assertThat(lines.stream().map(line -> line.get("type").asText()))
        .containsExactly("metadata", "iteration", "iteration")
        .inOrder();
    JsonNode metadata = lines.get(0);
    assertThat(metadata.get("root_model").asText()).isEqualTo("root");
    assertThat(metadata.get("max_depth").asInt()).isEqualTo(1);
    assertThat(metadata.get("max_iterations").asInt()).isEqualTo(30);
    assertThat(metadata.get("backend").asText()).isEqualTo("scripted");
    assertThat(metadata.get("environment_type").asText()).isEqualTo("local");
    assertThat(metadata.get("other_backends").get(0).asText()).isEqualTo("sub");
    assertThat(metadata.get("backend_kwargs").isObject()).isTrue();
    assertThat(metadata.get("environment_kwargs").isObject()).isTrue();
    assertThat(metadata.get("timestamp").asText()).isEqualTo("2026-03-01T12:00:00Z");
    assertThat(lines.get(1).get("iteration").asInt()).isEqualTo(1);
    assertThat(lines.get(2).get("iteration").asInt()).isEqualTo(2);
  }

  @Test
  void rule2HasArraysAndStringsWhereTheyAreExpected() throws Exception {
    rig.loop.settings = rig.loop.settings.withMaxTurns(3);
    List<JsonNode> lines = rig.lines("", "no code", code("x"), "It is Ada.");

    assertThat(lines).hasSize(5);
    for (JsonNode turn : lines.subList(1, 5)) {
      assertThat(turn.get("prompt").isArray()).isTrue();
      for (JsonNode message : turn.get("prompt")) {
        assertThat(message.get("role").isTextual()).isTrue();
        assertThat(message.get("content").isTextual()).isTrue();
      }
      assertThat(turn.get("code_blocks").isArray()).isTrue();
      assertThat(turn.get("response").isTextual()).isTrue();
    }
  }

  @Test
  void rule3SaysNullWhereThereIsNoFinalAnswer() throws Exception {
    List<JsonNode> lines = rig.twoTurns();

    assertThat(lines.get(1).get("final_answer").isNull()).isTrue();
    assertThat(result(lines.get(1)).get("final_answer").isNull()).isTrue();
    assertThat(lines.get(2).get("final_answer").asText()).isEqualTo("Ada");
    assertThat(result(lines.get(2)).get("final_answer").asText()).isEqualTo("Ada");
  }

  @Test
  void rule4GivesEachCallItsTimeAsANumber() throws Exception {
    JsonNode calls = result(rig.twoTurns().get(1)).get("rlm_calls");

    assertThat(calls).hasSize(2);
    for (JsonNode call : calls) {
      assertThat(call.get("execution_time").isNumber()).isTrue();
    }
  }

  @Test
  void rule5GivesEachCallItsUsageInBothForms() throws Exception {
    for (JsonNode call : result(rig.twoTurns().get(1)).get("rlm_calls")) {
      assertThat(call.get("prompt_tokens").isIntegralNumber()).isTrue();
      assertThat(call.get("completion_tokens").isIntegralNumber()).isTrue();
      JsonNode usage = call.get("usage_summary").get("model_usage_summaries").get("sub");
      assertThat(usage.get("total_input_tokens")).isEqualTo(call.get("prompt_tokens"));
      assertThat(usage.get("total_output_tokens")).isEqualTo(call.get("completion_tokens"));
      assertThat(usage.get("total_calls").isIntegralNumber()).isTrue();
    }
  }

  @Test
  void rule6ShowsTheContextAndLocalsAsShortStrings() throws Exception {
    rig.loop.question = LoopRig.question("Q?", "Ada was here. ".repeat(100));
    JsonNode locals = result(rig.twoTurns().get(1)).get("locals");

    assertThat(locals.get("context").asText()).startsWith("Ada was here. Ada");
    assertThat(locals.get("context").asText()).endsWith("... [1400 characters in all]");
    assertThat(locals.get("context").asText().length()).isLessThan(600);
    assertThat(locals.get("chunks").asText()).isEqualTo("['a', ...]");
  }

  @Test
  void rule7ShowsTheQuestion() throws Exception {
    rig.loop.question = LoopRig.question("Q?", "x");

    assertThat(shownQuestion(rig.twoTurns()))
        .startsWith("Answer the following: Q?\n\nYour context");
  }

  @Test
  void rule7ShowsTheBeginningOfALongQuestion() throws Exception {
    rig.loop.question = LoopRig.question("Who \"said\" this: " + "blah ".repeat(200), "x");

    assertThat(shownQuestion(rig.twoTurns())).startsWith("Who 'said' this: blah blah");
  }

  @Test
  void rule7ShowsAQuestionThatTheVisualizerWouldPassOver() throws Exception {
    rig.loop.question = LoopRig.question("Please answer the prompt in the context.", "x");

    assertThat(shownQuestion(rig.twoTurns()))
        .startsWith("Please answer the prompt in the context.");
  }

  @Test
  void rule8WritesAFileForEachRun() throws Exception {
    List<JsonNode> first = rig.twoTurns();
    ScriptedSessions answering =
        ScriptedSessions.running(block -> ScriptedResult.answering("again").build());
    List<JsonNode> second = rig.lines(2, ScriptedModel.saying("root", code("x")), answering);

    assertThat(first).hasSize(3);
    assertThat(second).hasSize(2);
    assertThat(rig.files()).hasSize(2);
    for (Path file : rig.files()) {
      assertThat(file.getFileName().toString())
          .matches("task-1_2026-03-01_12-00-00_[0-9a-f]{8}\\.jsonl");
    }
  }

  /** What the visualizer shows as the question of a run. */
  private static String shownQuestion(List<JsonNode> lines) {
    for (JsonNode message : lines.get(1).get("prompt")) {
      String content = message.get("content").asText();
      if (message.get("role").asText().equals("user")) {
        Matcher quoted = QUOTED.matcher(content);
        if (quoted.find()) {
          return quoted.group(1);
        }
        if (!content.contains("answer the prompt")
            && content.length() > 50
            && content.length() < 500) {
          return content;
        }
      }
    }
    return "not found";
  }
}
