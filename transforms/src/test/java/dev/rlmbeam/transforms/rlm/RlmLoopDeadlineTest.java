package dev.rlmbeam.transforms.rlm;

import static com.google.common.truth.Truth.assertThat;
import static dev.rlmbeam.transforms.rlm.LoopRig.code;

import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.repl.ExecutionResult.Outcome;
import dev.rlmbeam.sandbox.testing.ScriptedResult;
import dev.rlmbeam.sandbox.testing.ScriptedSessions;
import dev.rlmbeam.transforms.model.ModelException;
import dev.rlmbeam.transforms.model.ModelException.Kind;
import dev.rlmbeam.transforms.model.testing.ScriptedModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code elementTimeout}, with a clock that goes on by what each step is said to take. */
@Timeout(30)
class RlmLoopDeadlineTest {
  private final LoopRig rig = new LoopRig();
  private final SteppedClock clock = new SteppedClock();
  private final List<Duration> timeouts = new ArrayList<>();

  @BeforeEach
  void setTimeouts() {
    rig.clock = clock;
    rig.settings =
        rig.settings
            .withElementTimeout(Duration.ofSeconds(100))
            .withBlockTimeout(Duration.ofSeconds(60))
            .withModelTimeout(Duration.ofSeconds(50));
  }

  @AfterEach
  void closeRig() throws InterruptedException {
    rig.close();
  }

  /** A root model that takes so many seconds a call and notes the time it is given. */
  private ScriptedModel root(int seconds) {
    return ScriptedModel.answering(
        "root",
        request -> {
          timeouts.add(request.timeout());
          clock.step(Duration.ofSeconds(seconds));
          return code("x");
        });
  }

  private ScriptedSessions blocks(int seconds) {
    return ScriptedSessions.running(
        block -> {
          timeouts.add(block.timeout());
          clock.step(Duration.ofSeconds(seconds));
          return ScriptedResult.printing("").answer(false, "draft").build();
        });
  }

  private static void assertDeadline(RlmOutcome.Failed outcome, Stage stage) {
    assertThat(outcome.errorClass()).isEqualTo(FailureClass.DEADLINE);
    assertThat(outcome.stage()).isEqualTo(stage);
    assertThat(outcome.message()).contains("100 s (elementTimeout)");
    assertThat(outcome.retryable()).isFalse();
  }

  @Test
  void givesEachStepWhatIsLeft() throws InterruptedException {
    RlmOutcome.Failed outcome = rig.failed(root(10), blocks(35));

    assertThat(timeouts)
        .containsExactly(
            Duration.ofSeconds(50),
            Duration.ofSeconds(90),
            Duration.ofSeconds(50),
            Duration.ofSeconds(45),
            Duration.ofSeconds(10))
        .inOrder();
    assertDeadline(outcome, Stage.EXECUTE);
    assertThat(outcome.partialAnswer()).hasValue("draft");
    assertThat(outcome.cost().elapsed()).isEqualTo(Duration.ofSeconds(100));
    assertThat(outcome.cost().turns()).isEqualTo(3);
  }

  @Test
  void asksNoModelOnceItHasPassed() throws InterruptedException {
    RlmOutcome.Failed outcome = rig.failed(root(1), blocks(99));

    assertDeadline(outcome, Stage.MODEL);
    assertThat(timeouts).hasSize(2);
  }

  @Test
  void takesAnAnswerThatCameInTheBlockThatWasOverdue() throws InterruptedException {
    ScriptedSessions late =
        ScriptedSessions.running(
            block -> {
              clock.step(Duration.ofSeconds(101));
              return ScriptedResult.ending(Outcome.INTERRUPTED).answer(true, "late").build();
            });

    assertThat(rig.answered(root(1), late).answer()).isEqualTo("late");
  }

  @Test
  void countsTheWaitForASandbox() throws InterruptedException {
    AtomicReference<Duration> given = new AtomicReference<>();
    ScriptedSessions slow =
        blocks(1)
            .opening(
                request -> {
                  given.set(request.timeout());
                  clock.step(Duration.ofSeconds(100));
                  throw new SandboxException("", true, "no slot in time");
                });

    RlmOutcome.Failed outcome = rig.failed(root(1), slow);

    assertThat(given.get()).isEqualTo(Duration.ofSeconds(100));
    assertDeadline(outcome, Stage.SANDBOX);
    assertThat(outcome.partialAnswer()).isEmpty();
  }

  @Test
  void countsTheSetupCode() throws InterruptedException {
    rig.settings = rig.settings.withSetupCode("slow()");
    ScriptedSessions slow =
        ScriptedSessions.running(
            block -> {
              clock.step(Duration.ofSeconds(100));
              return ScriptedResult.ending(Outcome.KILLED).build();
            });

    assertDeadline(rig.failed(root(1), slow), Stage.SETUP);
  }

  @Test
  void tellsItFromTheModelsOwnTimeout() throws InterruptedException {
    ScriptedModel silent =
        ScriptedModel.answering(
            "root",
            request -> {
              clock.step(request.timeout());
              throw new ModelException(Kind.TIMEOUT, 0, "no answer in " + request.timeout());
            });

    assertThat(rig.failed(silent, blocks(1)).errorClass()).isEqualTo(FailureClass.MODEL_TIMEOUT);

    rig.settings = rig.settings.withModelTimeout(Duration.ofMinutes(10));
    assertDeadline(rig.failed(silent, blocks(1)), Stage.MODEL);
  }

  @Test
  void givesSubCallsWhatIsLeft() throws InterruptedException {
    rig.sub =
        ScriptedModel.answering(
            "sub",
            request -> {
              timeouts.add(request.timeout());
              return "reply";
            });
    ScriptedSessions asking =
        ScriptedSessions.running(
            block -> {
              clock.step(Duration.ofSeconds(75));
              String first = block.query("p");
              clock.step(Duration.ofSeconds(25));
              return ScriptedResult.answering(first + "|" + block.query("p")).build();
            });

    RlmOutcome.Answered outcome = rig.answered(root(0), asking);

    assertThat(timeouts).containsExactly(Duration.ofSeconds(50), Duration.ofSeconds(25)).inOrder();
    assertThat(outcome.answer())
        .isEqualTo("reply|Error: LM query failed - no time is left for this task");
  }
}
