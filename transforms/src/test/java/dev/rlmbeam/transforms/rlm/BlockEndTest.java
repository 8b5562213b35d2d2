package dev.rlmbeam.transforms.rlm;

import static com.google.common.truth.Truth.assertThat;
import static dev.rlmbeam.transforms.rlm.LoopRig.code;

import dev.rlmbeam.sandbox.repl.ExecutionResult.Outcome;
import dev.rlmbeam.sandbox.repl.ModelAnswer;
import dev.rlmbeam.sandbox.testing.ScriptedResult;
import dev.rlmbeam.sandbox.testing.ScriptedSessions;
import dev.rlmbeam.transforms.model.ModelException;
import dev.rlmbeam.transforms.model.ModelException.Kind;
import dev.rlmbeam.transforms.model.testing.ScriptedModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a code block is ended from outside, and what becomes of what it had done. */
@Timeout(30)
class BlockEndTest {
  private final LoopRig rig = new LoopRig();
  private final ScriptedModel root = ScriptedModel.saying("root", code("a"), code("b"));

  @AfterEach
  void closeRig() throws InterruptedException {
    rig.close();
  }

  private static ScriptedModel failing(Kind kind, String message) {
    return ScriptedModel.answering(
        "sub",
        request -> {
          throw new ModelException(kind, 0, message);
        });
  }

  @Test
  void failsTheTaskAtOnceWhenTheServiceRefusesForGood() throws InterruptedException {
    rig.sub = failing(Kind.REFUSED, "401 wrong key");
    // The block asks for ever: only ending it from here can end it.
    ScriptedSessions sessions =
        ScriptedSessions.running(
            block -> {
              while (!block.over()) {
                block.query("p");
              }
              return ScriptedResult.ending(Outcome.INTERRUPTED).build();
            });

    RlmOutcome.Failed outcome = rig.failed(root, sessions);

    assertThat(outcome.errorClass()).isEqualTo(FailureClass.MODEL_REFUSED);
    assertThat(outcome.stage()).isEqualTo(Stage.SUB_CALL);
    assertThat(outcome.message()).isEqualTo("sub: 401 wrong key");
    assertThat(outcome.partialAnswer()).hasValue(code("a"));
    assertThat(root.calls()).isEqualTo(1);
    assertThat(Thread.interrupted()).isFalse();
    assertThat(sessions.openNow()).isEqualTo(0);
  }

  @Test
  void takesAnAnswerThatWasSetInTheBlockInWhichTheServiceRefused() throws InterruptedException {
    rig.sub = failing(Kind.RUN_LIMIT, "100 model calls");
    ScriptedSessions sessions =
        ScriptedSessions.running(
            block -> {
              while (!block.over()) {
                block.query("p");
              }
              return ScriptedResult.ending(Outcome.INTERRUPTED).answer(true, "in time").build();
            });

    assertThat(rig.answered(root, sessions).answer()).isEqualTo("in time");
  }

  @Test
  void keepsWhatTheBlockHadSetWhenTheServiceRefused() throws InterruptedException {
    rig.sub = failing(Kind.REFUSED, "401");
    ScriptedSessions sessions =
        ScriptedSessions.running(
            block -> {
              block.query("p");
              return ScriptedResult.ending(Outcome.INTERRUPTED).answer(false, "draft").build();
            });

    assertThat(rig.failed(root, sessions).partialAnswer()).hasValue("draft");
  }

  @Test
  void aQueryThatWaitsForAThreadCostsTheBlockNoTime() throws Exception {
    SteppedClock clock = new SteppedClock();
    rig.clock = clock;
    List<Runnable> line = new ArrayList<>();
    List<Boolean> over = new ArrayList<>();
    Duration limit = rig.settings.blockTimeout();
    ScriptedSessions sessions =
        ScriptedSessions.running(
            block -> {
              CompletableFuture<ModelAnswer> answer =
                  block.start(false, List.of("p"), Optional.empty());
              clock.step(limit);
              over.add(block.over());
              line.get(0).run();
              clock.step(limit);
              over.add(block.over());
              return ScriptedResult.answering(answer.join().responses().get(0)).build();
            });

    RlmOutcome outcome =
        new RlmLoop(root, rig.sub, line::add, sessions, rig.settings, clock)
            .run(rig.question, "bundle-1", rig.sink);

    assertThat(outcome).isInstanceOf(RlmOutcome.Answered.class);
    assertThat(over).containsExactly(false, true).inOrder();
  }

  @Test
  void failsTheTaskAtTheRunsBrakeAndKeepsWhatTheCodeHadSet() throws InterruptedException {
    rig.sub = failing(Kind.RUN_LIMIT, "100 model calls");
    ScriptedSessions sessions =
        ScriptedSessions.running(
            block -> {
              if (block.number() == 2) {
                block.query("p");
              }
              return ScriptedResult.printing("").answer(false, "so far").build();
            });

    RlmOutcome.Failed outcome = rig.failed(root, sessions);

    assertThat(outcome.errorClass()).isEqualTo(FailureClass.RUN_LIMIT);
    assertThat(outcome.partialAnswer()).hasValue("so far");
  }
}
