package dev.rlmbeam.transforms.rlm;

import static com.google.common.truth.Truth.assertThat;
import static dev.rlmbeam.transforms.rlm.LoopRig.code;

import dev.rlmbeam.sandbox.repl.ExecutionResult.Outcome;
import dev.rlmbeam.sandbox.testing.ScriptedResult;
import dev.rlmbeam.sandbox.testing.ScriptedSessions;
import dev.rlmbeam.transforms.model.testing.ScriptedModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RlmLoopSetupTest {
  private final LoopRig rig = new LoopRig();
  private final ScriptedModel root = ScriptedModel.saying("root", code("x"));

  @AfterEach
  void closeRig() throws InterruptedException {
    rig.close();
  }

  @Test
  void runsTheSetupCodeBeforeAnyModelIsAsked() throws InterruptedException {
    List<String> events = new ArrayList<>();
    rig.settings = rig.settings.withSetupCode("import json");
    ScriptedModel model =
        ScriptedModel.answering(
            "root",
            request -> {
              events.add("model");
              return code("x");
            });
    ScriptedSessions sessions =
        ScriptedSessions.running(
            block -> {
              events.add(block.setup() ? "setup " + block.code() : "block " + block.code());
              return block.setup()
                  ? ScriptedResult.printing("").build()
                  : ScriptedResult.answering("done").build();
            });

    rig.answered(model, sessions);

    assertThat(events).containsExactly("setup import json", "model", "block x").inOrder();
  }

  @Test
  void runsNoSetupCodeWhenThereIsNone() throws InterruptedException {
    ScriptedSessions sessions =
        ScriptedSessions.running(
            block -> ScriptedResult.answering(block.setup() ? "setup" : "block").build());

    assertThat(rig.answered(root, sessions).answer()).isEqualTo("block");
  }

  @Test
  void failsAtStageSetupWithTheTracebackAndPaysNothing() throws InterruptedException {
    rig.settings = rig.settings.withSetupCode("import nothing");
    ScriptedSessions sessions =
        ScriptedSessions.running(
            block ->
                ScriptedResult.raising("ModuleNotFoundError", "No module named 'nothing'").build());

    RlmOutcome.Failed outcome = rig.failed(root, sessions);

    assertThat(outcome.errorClass()).isEqualTo(FailureClass.SETUP_FAILED);
    assertThat(outcome.stage()).isEqualTo(Stage.SETUP);
    assertThat(outcome.message()).contains("Traceback (most recent call last):");
    assertThat(outcome.message()).contains("No module named 'nothing'");
    assertThat(outcome.retryable()).isFalse();
    assertThat(root.calls()).isEqualTo(0);
    assertThat(sessions.openNow()).isEqualTo(0);
  }

  @Test
  void saysHowSetupCodeEndedThatDidNotRaise() throws InterruptedException {
    rig.settings = rig.settings.withSetupCode("x").withBlockTimeout(Duration.ofSeconds(7));
    ScriptedSessions sessions =
        ScriptedSessions.running(
            block -> ScriptedResult.ending(Outcome.INTERRUPTED).stderr("half way\n").build());

    RlmOutcome.Failed outcome = rig.failed(root, sessions);

    assertThat(outcome.errorClass()).isEqualTo(FailureClass.SETUP_FAILED);
    assertThat(outcome.message()).contains("longer than 7 s");
    assertThat(outcome.message()).contains("half way");
  }

  @Test
  void sendsACustomSystemPromptAsItStands() throws InterruptedException {
    String prompt = "Use {braces}, %s and {custom_tools_section} \\n.";
    rig.settings = rig.settings.withSystemPrompt(prompt);
    ScriptedSessions sessions =
        ScriptedSessions.running(block -> ScriptedResult.answering("a").build());

    rig.answered(root, sessions);

    assertThat(root.requests().get(0).messages().get(0).content()).isEqualTo(prompt);
  }
}
