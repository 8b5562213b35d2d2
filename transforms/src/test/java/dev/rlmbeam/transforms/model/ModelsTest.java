package dev.rlmbeam.transforms.model;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.transforms.model.ModelException.Kind;
import dev.rlmbeam.transforms.model.testing.ScriptedModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ModelsTest {
  private static final ModelRequest REQUEST =
      new ModelRequest(List.of(ChatMessage.user("x")), Duration.ofSeconds(10));

  @Test
  void afterARefusalNothingGoesOutAnyMore() {
    ScriptedModel script =
        ScriptedModel.answering(
            "m",
            request -> {
              throw new ModelException(Kind.REFUSED, 401, "wrong key");
            });
    LanguageModel model = Models.latched(script);

    ModelException first = failure(model);
    ModelException later = failure(model);

    assertThat(first.kind()).isEqualTo(Kind.REFUSED);
    assertThat(later.kind()).isEqualTo(Kind.REFUSED);
    assertThat(later.status()).hasValue(401);
    assertThat(later).hasMessageThat().isEqualTo("wrong key");
    assertThat(later).hasCauseThat().isSameInstanceAs(first);
    assertThat(script.calls()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 404, 405, 410})
  void whatAGatewaySaysWhileItIsReloadedDoesNotEndARunThatHasHadAnswers(int status)
      throws InterruptedException {
    AtomicInteger calls = new AtomicInteger();
    ScriptedModel script =
        ScriptedModel.answering(
            "m",
            request -> {
              if (calls.incrementAndGet() == 2) {
                throw new ModelException(Kind.REFUSED, status, "no route");
              }
              return "ok";
            });
    LanguageModel model = Models.latched(script);
    assertThat(model.generate(REQUEST).text()).isEqualTo("ok");

    assertThat(failure(model).kind()).isEqualTo(Kind.UNAVAILABLE);

    assertThat(model.generate(REQUEST).text()).isEqualTo("ok");
  }

  @Test
  void aForbiddenPromptIsNoRefusalOnceTheKeyHasWorked() throws InterruptedException {
    ScriptedModel script =
        ScriptedModel.answering(
            "m",
            request -> {
              if (request.messages().get(0).content().contains("<script>")) {
                throw new ModelException(Kind.REFUSED, 403, "forbidden");
              }
              return "ok";
            });
    LanguageModel model = Models.latched(script);
    ModelRequest forbidden =
        new ModelRequest(List.of(ChatMessage.user("<script>")), Duration.ofSeconds(10));

    assertThat(model.generate(REQUEST).text()).isEqualTo("ok");
    ModelException e = assertThrows(ModelException.class, () -> model.generate(forbidden));

    assertThat(e.kind()).isEqualTo(Kind.BAD_REQUEST);
    assertThat(model.generate(REQUEST).text()).isEqualTo("ok");
  }

  @Test
  void onlyCallsUnderWayPayForARefusal() throws InterruptedException, ExecutionException {
    int together = 8;
    CyclicBarrier allOut = new CyclicBarrier(together);
    ScriptedModel script =
        ScriptedModel.answering(
            "m",
            request -> {
              await(allOut);
              throw new ModelException(Kind.REFUSED, 401, "wrong key");
            });
    LanguageModel model = Models.latched(script);
    ExecutorService callers = Executors.newFixedThreadPool(together);
    try {
      List<Future<ModelException>> failures = new ArrayList<>();
      for (int i = 0; i < together; i++) {
        failures.add(callers.submit(() -> failure(model)));
      }
      for (Future<ModelException> failure : failures) {
        assertThat(failure.get().kind()).isEqualTo(Kind.REFUSED);
      }
    } finally {
      callers.shutdownNow();
    }
    for (int i = 0; i < 100; i++) {
      failure(model);
    }

    assertThat(script.calls()).isEqualTo(together);
  }

  @Test
  void otherFailuresAreNotLatched() throws InterruptedException {
    AtomicBoolean failed = new AtomicBoolean();
    ScriptedModel script =
        ScriptedModel.answering(
            "m",
            request -> {
              if (failed.compareAndSet(false, true)) {
                throw new ModelException(Kind.RATE_LIMITED, 429, "later");
              }
              return "ok";
            });
    LanguageModel model = Models.latched(script);

    assertThat(failure(model).kind()).isEqualTo(Kind.RATE_LIMITED);
    assertThat(model.generate(REQUEST).text()).isEqualTo("ok");
  }

  @Test
  void aBudgetIsSharedAndStopsBeforeTheCall() throws InterruptedException {
    CallBudget budget = CallBudget.of(3);
    ScriptedModel rootScript = ScriptedModel.answering("root", request -> "r");
    ScriptedModel subScript = ScriptedModel.answering("sub", request -> "s");
    LanguageModel root = Models.limited(rootScript, budget);
    LanguageModel sub = Models.limited(subScript, budget);

    root.generate(REQUEST);
    sub.generate(REQUEST);
    assertThat(budget.exhausted()).isFalse();
    sub.generate(REQUEST);

    assertThat(budget.exhausted()).isTrue();
    assertThat(failure(root).kind()).isEqualTo(Kind.RUN_LIMIT);
    assertThat(failure(sub).kind()).isEqualTo(Kind.RUN_LIMIT);
    assertThat(failure(sub)).hasMessageThat().contains("the 3 model calls");
    assertThat(rootScript.calls() + subScript.calls()).isEqualTo(3);
    assertThat(budget.calls()).isEqualTo(3);
  }

  @Test
  void manyThreadsTogetherMakeNoCallTooMany() throws InterruptedException {
    CallBudget budget = CallBudget.of(500);
    ScriptedModel script = ScriptedModel.answering("m", request -> "x");
    LanguageModel model = Models.limited(script, budget);
    CountDownLatch done = new CountDownLatch(8);
    for (int i = 0; i < 8; i++) {
      new Thread(
              () -> {
                for (int call = 0; call < 100; call++) {
                  tryGenerate(model);
                }
                done.countDown();
              })
          .start();
    }
    done.await();

    assertThat(script.calls()).isEqualTo(500);
  }

  @Test
  void wrappersCloseWhatTheyWrapAndKeepItsName() {
    AtomicBoolean closed = new AtomicBoolean();
    LanguageModel inner =
        new LanguageModel() {
          @Override
          public String name() {
            return "inner";
          }

          @Override
          public ModelResponse generate(ModelRequest request) {
            return new ModelResponse("", ModelUsage.NONE, false);
          }

          @Override
          public void close() {
            closed.set(true);
          }
        };

    try (LanguageModel model = Models.latched(Models.limited(inner, CallBudget.unlimited()))) {
      assertThat(model.name()).isEqualTo("inner");
    }

    assertThat(closed.get()).isTrue();
  }

  private static ModelException failure(LanguageModel model) {
    return assertThrows(ModelException.class, () -> model.generate(REQUEST));
  }

  private static void tryGenerate(LanguageModel model) {
    try {
      model.generate(REQUEST);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ModelException e) {
      assertThat(e.kind()).isEqualTo(Kind.RUN_LIMIT);
    }
  }

  private static void await(CyclicBarrier barrier) throws InterruptedException {
    try {
      barrier.await();
    } catch (java.util.concurrent.BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }
}
