package dev.rlmbeam.transforms.rlm;

import static com.google.common.truth.Truth.assertThat;
import static dev.rlmbeam.transforms.rlm.LoopRig.code;

import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxLostException;
import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.repl.ContextException;
import dev.rlmbeam.sandbox.testing.ScriptedResult;
import dev.rlmbeam.sandbox.testing.ScriptedSessions;
import dev.rlmbeam.transforms.model.ModelException;
import dev.rlmbeam.transforms.model.ModelException.Kind;
import dev.rlmbeam.transforms.model.testing.ScriptedModel;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RlmLoopFailureTest {
  private final LoopRig rig = new LoopRig();
  private final ScriptedModel root = ScriptedModel.saying("root", code("a"), code("b"));
  private final ScriptedSessions printing =
      ScriptedSessions.running(block -> ScriptedResult.printing("a").build());

  @AfterEach
  void closeRig() throws InterruptedException {
    rig.close();
  }

  private static ScriptedSessions notOpening(RuntimeException e) {
    return ScriptedSessions.running(block -> ScriptedResult.printing("").build())
        .opening(
            request -> {
              throw e;
            });
  }

  private static void assertFailed(
      RlmOutcome.Failed outcome, FailureClass errorClass, Stage stage, boolean retryable) {
    assertThat(outcome.errorClass()).isEqualTo(errorClass);
    assertThat(outcome.stage()).isEqualTo(stage);
    assertThat(outcome.retryable()).isEqualTo(retryable);
  }

  @Test
  void tellsALostSandboxFromOneThatCannotBeHad() throws InterruptedException {
    assertFailed(
        rig.failed(root, notOpening(new SandboxSetupException("no python3; install it"))),
        FailureClass.SANDBOX_UNAVAILABLE,
        Stage.SANDBOX,
        false);
    assertFailed(
        rig.failed(root, notOpening(new SandboxException("", true, "busy"))),
        FailureClass.SANDBOX_UNAVAILABLE,
        Stage.SANDBOX,
        true);
    assertFailed(
        rig.failed(root, notOpening(new SandboxLostException("sb-1", "gone"))),
        FailureClass.SANDBOX_LOST,
        Stage.SANDBOX,
        true);
    assertThat(root.calls()).isEqualTo(0);
  }

  @Test
  void namesThePlaceOfABadContext() throws InterruptedException {
    RlmOutcome.Failed outcome =
        rig.failed(
            root, notOpening(new ContextException("gs://b/doc.txt", "not UTF-8 at byte 17")));

    assertFailed(outcome, FailureClass.CONTEXT_INVALID, Stage.CONTEXT, false);
    assertThat(outcome.message()).isEqualTo("gs://b/doc.txt: not UTF-8 at byte 17");
  }

  @Test
  void makesALostSandboxInMidTaskRetryable() throws InterruptedException {
    ScriptedSessions dying =
        ScriptedSessions.running(
            block -> {
              if (block.number() == 2) {
                throw new SandboxLostException("sb-1", "sandbox sb-1 gave no answer in 30 s");
              }
              return ScriptedResult.printing("").answer(false, "half").build();
            });

    RlmOutcome.Failed outcome = rig.failed(root, dying);

    assertFailed(outcome, FailureClass.SANDBOX_LOST, Stage.EXECUTE, true);
    assertThat(outcome.partialAnswer()).hasValue("half");
    assertThat(outcome.cost().turns()).isEqualTo(2);
    assertThat(dying.openNow()).isEqualTo(0);
  }

  @Test
  void mapsEachKindOfModelException() throws InterruptedException {
    Map<Kind, FailureClass> classes = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      ScriptedModel failing =
          ScriptedModel.answering(
              "root",
              request -> {
                throw new ModelException(kind, 0, "why");
              });
      RlmOutcome.Failed outcome = rig.failed(failing, printing);
      assertThat(outcome.stage()).isEqualTo(Stage.MODEL);
      assertThat(outcome.message()).isEqualTo("root: why");
      assertThat(outcome.retryable()).isFalse();
      classes.put(kind, outcome.errorClass());
    }

    assertThat(classes)
        .containsExactly(
            Kind.REFUSED, FailureClass.MODEL_REFUSED,
            Kind.BAD_REQUEST, FailureClass.MODEL_BAD_REQUEST,
            Kind.RATE_LIMITED, FailureClass.MODEL_RATE_LIMITED,
            Kind.UNAVAILABLE, FailureClass.MODEL_UNAVAILABLE,
            Kind.TIMEOUT, FailureClass.MODEL_TIMEOUT,
            Kind.BAD_RESPONSE, FailureClass.MODEL_BAD_RESPONSE,
            Kind.RUN_LIMIT, FailureClass.RUN_LIMIT);
  }

  @Test
  void keepsTheLastResponseAsPartialAnswer() throws InterruptedException {
    ScriptedModel model = ScriptedModel.saying("root", "I think it is Ada.");

    assertThat(rig.failed(model, printing).partialAnswer()).hasValue("I think it is Ada.");
  }

  @Test
  void turnsAMistakeOfOursIntoAFailure() throws InterruptedException {
    ScriptedSessions broken =
        ScriptedSessions.running(
            block -> {
              throw new IllegalArgumentException("oops");
            });

    RlmOutcome.Failed outcome = rig.failed(root, broken);

    assertFailed(outcome, FailureClass.INTERNAL, Stage.EXECUTE, false);
    assertThat(outcome.message()).contains("IllegalArgumentException: oops");
    assertThat(broken.openNow()).isEqualTo(0);
  }

  @Test
  void failsWhenTheDefaultAnswerIsEmpty() throws InterruptedException {
    rig.settings = rig.settings.withMaxTurns(1);

    RlmOutcome.Failed outcome = rig.failed(ScriptedModel.saying("root", code("a"), " "), printing);

    assertFailed(outcome, FailureClass.MODEL_EMPTY, Stage.MODEL, false);
  }

  @Test
  void tellsWhatWasUsedWhenInterruptedAndLeavesNothingBehind() throws Exception {
    CountDownLatch inBlock = new CountDownLatch(1);
    AtomicBoolean flag = new AtomicBoolean();
    ScriptedSessions waiting =
        ScriptedSessions.running(
            block -> {
              inBlock.countDown();
              new CountDownLatch(1).await();
              return ScriptedResult.printing("").build();
            });
    Future<RlmOutcome> run =
        rig.threads.submit(
            () -> {
              RlmOutcome outcome = rig.run(root, waiting);
              flag.set(Thread.currentThread().isInterrupted());
              return outcome;
            });

    inBlock.await();
    rig.threads.shutdownNow();
    RlmOutcome.Failed failed = (RlmOutcome.Failed) run.get();

    assertThat(failed.errorClass()).isEqualTo(FailureClass.CANCELLED);
    assertThat(failed.cost().turns()).isEqualTo(1);
    assertThat(flag.get()).isTrue();
    assertThat(waiting.openNow()).isEqualTo(0);
  }
}
