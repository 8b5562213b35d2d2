package dev.rlmbeam.transforms.rlm;

import static com.google.common.truth.Truth.assertThat;
import static dev.rlmbeam.transforms.rlm.LoopRig.code;

import dev.rlmbeam.sandbox.repl.ModelAnswer;
import dev.rlmbeam.sandbox.testing.ScriptedBlock;
import dev.rlmbeam.sandbox.testing.ScriptedResult;
import dev.rlmbeam.sandbox.testing.ScriptedSessions;
import dev.rlmbeam.transforms.model.ChatMessage;
import dev.rlmbeam.transforms.model.ModelException;
import dev.rlmbeam.transforms.model.ModelException.Kind;
import dev.rlmbeam.transforms.model.testing.ScriptedModel;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SubCallsTest {
  private final LoopRig rig = new LoopRig();
  private final ScriptedModel root = ScriptedModel.saying("root", code("a"), code("b"));

  @AfterEach
  void closeRig() throws InterruptedException {
    rig.close();
  }

  /** What a block does with queries; what it returns is the answer. */
  private interface Asking {
    Object ask(ScriptedBlock block) throws InterruptedException;
  }

  private RlmOutcome.Answered answered(Asking asking) throws InterruptedException {
    return rig.answered(root, asking(asking));
  }

  private static ScriptedSessions asking(Asking asking) {
    return ScriptedSessions.running(
        block -> ScriptedResult.answering(String.valueOf(asking.ask(block))).build());
  }

  private static ScriptedModel failing(Kind kind, String message) {
    return ScriptedModel.answering(
        "sub",
        request -> {
          throw new ModelException(kind, 0, message);
        });
  }

  @Test
  void answersAQueryWithAPlainCompletionOfTheSubModel() throws InterruptedException {
    ScriptedModel sub = ScriptedModel.answering("sub", request -> "Ada");
    rig.sub = sub;

    RlmOutcome.Answered outcome = answered(block -> block.query("Who?"));

    assertThat(outcome.answer()).isEqualTo("Ada");
    assertThat(outcome.cost().subCalls()).isEqualTo(1);
    assertThat(outcome.cost().usage().get("sub").calls()).isEqualTo(1);
    assertThat(sub.requests().get(0).messages()).containsExactly(ChatMessage.user("Who?"));
  }

  @Test
  void answersABatchInItsOrder() throws InterruptedException {
    rig.sub = ScriptedModel.answering("sub", r -> "to " + r.messages().get(0).content());

    assertThat(answered(block -> block.queryBatched(List.of("a", "b", "c"))).answer())
        .isEqualTo("[to a, to b, to c]");
  }

  @Test
  void asksAllPromptsOfABatchAtOnce() throws InterruptedException {
    // Each call waits until all 16 are under way: with one fewer at a time this would never end.
    CyclicBarrier all = new CyclicBarrier(16);
    rig.sub =
        ScriptedModel.answering(
            "sub",
            request -> {
              try {
                all.await();
              } catch (java.util.concurrent.BrokenBarrierException e) {
                throw new IllegalStateException(e);
              }
              return "met";
            });

    RlmOutcome.Answered outcome =
        answered(block -> block.queryBatched(Collections.nCopies(16, "p")).size());

    assertThat(outcome.answer()).isEqualTo("16");
    assertThat(outcome.cost().subCalls()).isEqualTo(16);
  }

  @Test
  void answersAnEmptyBatchWithAnEmptyList() throws InterruptedException {
    assertThat(answered(block -> block.queryBatched(List.of())).answer()).isEqualTo("[]");
  }

  @Test
  void refusesAnEmptyPromptWithoutACall() throws InterruptedException {
    RlmOutcome.Answered outcome =
        answered(block -> block.query("") + "|" + block.queryBatched(List.of("", "p")));

    assertThat(outcome.answer())
        .isEqualTo(
            "Error: Missing 'prompt' or 'prompts' in request."
                + "|[Error: llm() call failed - the prompt is empty, reply]");
    assertThat(outcome.cost().subCalls()).isEqualTo(1);
  }

  @Test
  void givesTheReferencesErrorStrings() throws InterruptedException {
    rig.sub = failing(Kind.UNAVAILABLE, "503 from the service");

    assertThat(answered(block -> block.query("p")).answer())
        .isEqualTo("Error: LM query failed - 503 from the service");
  }

  @Test
  void letsTheOthersOfABatchSucceed() throws InterruptedException {
    rig.sub =
        ScriptedModel.answering(
            "sub",
            request -> {
              if (request.messages().get(0).content().equals("bad")) {
                throw new ModelException(Kind.BAD_REQUEST, 400, "too long");
              }
              return "fine";
            });

    assertThat(answered(block -> block.queryBatched(List.of("a", "bad", "c"))).answer())
        .isEqualTo("[fine, Error: llm() call failed - too long, fine]");
  }

  @Test
  void countsAndLimitsHereWhereTheCodeCannotReach() throws InterruptedException {
    rig.settings = rig.settings.withMaxSubCalls(3);

    RlmOutcome.Answered outcome =
        answered(
            block ->
                block.queryBatched(List.of("1", "2")).size()
                    + block.queryBatched(List.of("3", "4")).get(1)
                    + block.query("5"));

    String limit =
        "the limit of 3 queries for this task (maxSubCalls) is reached; go on without queries";
    assertThat(outcome.answer())
        .isEqualTo("2Error: llm() call failed - " + limit + "Error: LM query failed - " + limit);
    assertThat(outcome.cost().subCalls()).isEqualTo(3);
    assertThat(outcome.cost().usage().get("sub").calls()).isEqualTo(3);
  }

  @Test
  void letsThroughExactlyTheLimitFromManyThreads() throws InterruptedException {
    rig.settings = rig.settings.withMaxSubCalls(50);
    AtomicInteger calls = new AtomicInteger();
    rig.sub = ScriptedModel.answering("sub", request -> "n" + calls.incrementAndGet());

    RlmOutcome.Answered outcome =
        answered(
            block -> {
              List<CompletableFuture<ModelAnswer>> answers =
                  Collections.nCopies(100, "p").stream()
                      .parallel()
                      .map(p -> block.start(false, List.of(p), Optional.empty()))
                      .toList();
              answers.forEach(CompletableFuture::join);
              return "done";
            });

    assertThat(calls.get()).isEqualTo(50);
    assertThat(outcome.cost().subCalls()).isEqualTo(50);
  }

  @Test
  void asksTheSubModelWhateverModelTheCodeNames() throws InterruptedException {
    assertThat(answered(b -> b.ask(false, List.of("p"), Optional.of("root")).responses()).answer())
        .isEqualTo("[reply]");
    assertThat(root.calls()).isEqualTo(1);
  }

  @Test
  void takesAnAnswerThatCameDespiteAFatalSubCall() throws InterruptedException {
    rig.sub = failing(Kind.REFUSED, "401");
    ScriptedSessions sessions =
        ScriptedSessions.running(
            block -> {
              CompletableFuture<ModelAnswer> asked =
                  block.start(false, List.of("p"), Optional.empty());
              ModelAnswer unused = asked.join();
              return ScriptedResult.answering("found by search").build();
            });

    assertThat(rig.answered(root, sessions).answer()).isEqualTo("found by search");
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void cancelsWhatNobodyWaitsForAnyMore() throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(2);
    CountDownLatch asked = new CountDownLatch(2);
    rig.sub = neverAnswering(asked, ended);

    answered(
        block -> {
          CompletableFuture<ModelAnswer> answer =
              block.start(true, List.of("p", "q"), Optional.empty());
          asked.await();
          boolean unused = answer.cancel(true);
          ended.await();
          return "went on";
        });
  }

  @Test
  void cancelsWhatIsUnderWayWhenTheTaskIsOver() throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    rig.sub = neverAnswering(asked, ended);

    answered(
        block -> {
          CompletableFuture<ModelAnswer> unused =
              block.start(false, List.of("p"), Optional.empty());
          asked.await();
          return "early";
        });

    ended.await();
  }

  private static ScriptedModel neverAnswering(CountDownLatch asked, CountDownLatch ended) {
    return ScriptedModel.answering(
        "sub",
        request -> {
          asked.countDown();
          try {
            new CountDownLatch(1).await();
            return "never";
          } finally {
            ended.countDown();
          }
        });
  }
}
