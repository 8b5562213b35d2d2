package dev.rlmbeam.transforms.rlm;

import static com.google.common.truth.Truth.assertThat;
import static dev.rlmbeam.transforms.rlm.LoopRig.code;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.sandbox.repl.ContextSource;
import dev.rlmbeam.sandbox.testing.ScriptedResult;
import dev.rlmbeam.sandbox.testing.ScriptedSessions;
import dev.rlmbeam.transforms.model.testing.ScriptedModel;
import dev.rlmbeam.transforms.rlm.trajectory.PromptHistory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What stands in the lines of a trajectory beyond what the visualizer needs. */
@Timeout(30)
class TrajectoryContentTest {
  @TempDir Path folder;
  private TrajectoryRig rig;

  @BeforeEach
  void openRig() {
    rig = new TrajectoryRig(folder);
  }

  @AfterEach
  void closeRig() throws InterruptedException {
    rig.close();
  }

  private static JsonNode result(JsonNode turn) {
    return turn.get("code_blocks").get(0).get("result");
  }

  /** The good call, then the bad one. */
  private List<JsonNode> calls() throws Exception {
    List<JsonNode> calls = new ArrayList<>();
    result(rig.twoTurns().get(1)).get("rlm_calls").forEach(calls::add);
    calls.sort(Comparator.comparing((JsonNode call) -> call.get("prompt").asText()).reversed());
    return calls;
  }

  @Test
  void flagsTheCallThatFailed() throws Exception {
    List<JsonNode> calls = calls();

    assertThat(calls.get(0).get("error").isNull()).isTrue();
    assertThat(calls.get(1).get("response").asText()).isEqualTo("Error: 503");
    assertThat(calls.get(1).get("error").asText()).isEqualTo("UNAVAILABLE: 503");
  }

  @Test
  void recordsTheModelThatTheCodeWishedFor() throws Exception {
    JsonNode call = calls().get(0);

    assertThat(call.get("root_model").asText()).isEqualTo("sub");
    assertThat(call.get("requested_model").asText()).isEqualTo("wish");
  }

  @Test
  void writesHalfASurrogatePairAsSomethingReadable() throws Exception {
    assertThat(calls().get(0).get("response").asText()).isEqualTo("half a pair: ?");
  }

  @Test
  void namesTheTaskAndAttemptInEachLine() throws Exception {
    for (JsonNode line : rig.twoTurns()) {
      assertThat(line.get("id").asText()).isEqualTo("task-1");
      assertThat(line.get("attempt").asInt()).isEqualTo(1);
    }
  }

  @Test
  void holdsThePromptAsItWasAtEachTurn() throws Exception {
    List<JsonNode> lines = rig.twoTurns();

    assertThat(lines.get(1).get("prompt")).hasSize(3);
    assertThat(lines.get(2).get("prompt")).hasSize(6);
  }

  @Test
  void canLeaveOutWhatStandsInEarlierLines() throws Exception {
    rig.history = PromptHistory.NEW_ONLY;
    List<JsonNode> lines = rig.twoTurns();

    JsonNode prompt = lines.get(2).get("prompt");
    assertThat(lines.get(1).get("prompt")).hasSize(3);
    assertThat(prompt).hasSize(4);
    assertThat(lines.get(2).get("prompt_omitted").asInt()).isEqualTo(3);
    assertThat(prompt.get(0).get("content").asText())
        .isEqualTo("[3 messages as in the turns before]");
    assertThat(prompt.get(1).get("role").asText()).isEqualTo("assistant");
  }

  @Test
  void writesTheDefaultAnswerAsATurnWithoutCodeOrTime() throws Exception {
    rig.loop.settings = rig.loop.settings.withMaxTurns(1);
    List<JsonNode> lines = rig.lines(code("x"), "Ada, I think");

    assertThat(lines).hasSize(3);
    assertThat(lines.get(1).get("iteration_time").isNumber()).isTrue();
    assertThat(lines.get(2).get("iteration").asInt()).isEqualTo(2);
    assertThat(lines.get(2).get("iteration_time").isNull()).isTrue();
    assertThat(lines.get(2).get("code_blocks")).isEmpty();
    assertThat(lines.get(2).get("final_answer").asText()).isEqualTo("Ada, I think");
  }

  @Test
  void writesTheTurnThatFailed() throws Exception {
    List<JsonNode> lines = rig.lines(code("x"));

    assertThat(lines).hasSize(3);
    assertThat(lines.get(2).get("response").asText()).isEmpty();
    assertThat(lines.get(2).get("failure").asText()).startsWith("MODEL_BAD_RESPONSE: root: ");
  }

  @Test
  void writesTheTurnInWhichTheRunWasEnded() throws Exception {
    ScriptedSessions ended =
        ScriptedSessions.running(
            block -> {
              throw new InterruptedException();
            });

    rig.expectsInterrupt = true;

    List<JsonNode> lines = rig.lines(1, ScriptedModel.saying("root", code("x")), ended);

    assertThat(lines.get(1).get("failure").asText()).isEqualTo("CANCELLED: the run was ended");
  }

  @Test
  void saysHowLongAContextIsThatCannotBeReadTwice() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    ContextSource once =
        new ContextSource() {
          @Override
          public String name() {
            return "context";
          }

          @Override
          public Type type() {
            return Type.TEXT;
          }

          @Override
          public Optional<String> sha256() {
            return Optional.empty();
          }

          @Override
          public String place() {
            return "gs://bucket/doc";
          }

          @Override
          public InputStream open() throws IOException {
            if (reads.getAndIncrement() > 0) {
              throw new IOException("gone");
            }
            return new ByteArrayInputStream(new byte[] {'a', 'b'});
          }
        };
    rig.loop.question = LoopRig.question("Q?", once, ContextShape.streamedText());

    assertThat(result(rig.twoTurns().get(1)).get("locals").get("context").asText())
        .isEqualTo("(2 characters from gs://bucket/doc)");
  }

  @Test
  void putsTheTracebackIntoStderr() throws Exception {
    assertThat(result(rig.twoTurns().get(1)).get("stderr").asText())
        .isEqualTo("Traceback (most recent call last):\nValueError: no");
  }

  @Test
  void capsTheTextsOfCalls() throws Exception {
    String prompt = "p".repeat(30_000);
    ScriptedSessions many =
        ScriptedSessions.running(
            block -> {
              List<String> unused = block.queryBatched(Collections.nCopies(200, prompt));
              return ScriptedResult.answering("x").build();
            });

    List<JsonNode> lines = rig.lines(1, ScriptedModel.saying("root", code("x")), many);

    JsonNode calls = result(lines.get(1)).get("rlm_calls");
    assertThat(calls).hasSize(200);
    assertThat(calls.get(0).get("prompt").asText())
        .isEqualTo("p".repeat(20_000) + "... [30000 characters in all]");
    assertThat(calls.get(199).get("prompt").asText()).startsWith("p".repeat(200) + "... [");
    assertThat(Files.size(rig.files().get(0))).isLessThan(1_200_000);
  }

  @Test
  void keepsOnlyTheFirstCallsThatWereRefused() throws Exception {
    rig.loop.settings = rig.loop.settings.withMaxSubCalls(0);
    ScriptedSessions many =
        ScriptedSessions.running(
            block -> {
              List<String> unused = block.queryBatched(Collections.nCopies(500, "p"));
              return ScriptedResult.answering("x").build();
            });

    List<JsonNode> lines = rig.lines(1, ScriptedModel.saying("root", code("x")), many);

    assertThat(result(lines.get(1)).get("rlm_calls")).hasSize(10);
  }
}
