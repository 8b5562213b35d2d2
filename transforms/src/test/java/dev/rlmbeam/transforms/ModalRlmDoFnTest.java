package dev.rlmbeam.transforms;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bundles as awkward as runners make them, by hand. */
@Timeout(120)
class ModalRlmDoFnTest {
  private ModelServer server = LocalRun.serving(LocalRun.REVERSE, Duration.ofMillis(5));
  private RlmTransform transform = LocalRun.transform(server);

  @AfterEach
  void leavesNothingBehind() throws InterruptedException {
    RunMonitor.of(transform.configuration().runId()).end();
    server.close();

    assertThat(LocalRun.threadsLeft()).isEmpty();
  }

  private void serve(ModelServer other) {
    server.close();
    server = other;
    transform = LocalRun.transform(server);
  }

  @Test
  void bundlesOfOneElementAreAnswered() throws InterruptedException {
    BundleDriver driver = new BundleDriver(transform.configuration());
    for (RlmTask task : LocalRun.tasks(5)) {
      driver.start();
      driver.process(task);
      driver.finish();
    }
    driver.tearDown();

    assertThat(driver.failures).isEmpty();
    assertThat(driver.results.stream().map(RlmResult::answer).toList())
        .containsExactly(
            LocalRun.reversed(0),
            LocalRun.reversed(1),
            LocalRun.reversed(2),
            LocalRun.reversed(3),
            LocalRun.reversed(4))
        .inOrder();
  }

  @Test
  void aBundleThatWaitsForASlotDoesNotNeedAnotherBundleToGoOn() throws Exception {
    transform = transform.withMaxInFlight(2);
    RlmConfiguration config = transform.configuration();
    BundleDriver holder = new BundleDriver(config);
    BundleDriver other = new BundleDriver(config);
    List<RlmTask> tasks = LocalRun.tasks(8);

    // The holder's bundle has both slots and is never given anything more, as when its upstream
    // waits for the other one.
    holder.start();
    holder.process(tasks.get(0));
    holder.process(tasks.get(1));
    other.start();
    for (RlmTask task : tasks.subList(2, 8)) {
      other.process(task);
    }
    other.finish();

    assertThat(other.results).hasSize(6);
    holder.finish();
    assertThat(holder.results).hasSize(2);
    holder.tearDown();
    other.tearDown();
  }

  @Test
  void finishedElementsComeOutWhileTheBundleGoesOn() throws InterruptedException {
    transform = transform.withMaxInFlight(1);
    BundleDriver driver = new BundleDriver(transform.configuration());
    driver.start();
    for (RlmTask task : LocalRun.tasks(4)) {
      driver.process(task);
    }

    assertThat(driver.results.size()).isAtLeast(2);
    driver.finish();
    assertThat(driver.results).hasSize(4);
    driver.tearDown();
  }

  @Test
  void anAbortedBundleGivesItsSlotsBackAndEmitsNothing() throws Exception {
    serve(ModelServer.start(call -> ServerReply.never()));
    transform = transform.withMaxInFlight(2);
    BundleDriver driver = new BundleDriver(transform.configuration());
    driver.start();
    driver.process(LocalRun.tasks(2).get(0));
    driver.process(LocalRun.tasks(2).get(1));
    LocalRun.await(() -> server.inFlight() == 2);

    driver.start(); // what a runner does after a failed bundle: the instance, or its successor,
    // starts anew

    LocalRun.await(() -> server.abandoned() == 2);
    LocalRun.await(
        () -> RunMonitor.of(transform.configuration().runId()).snapshot().inFlight() == 0);
    driver.finish();
    assertThat(driver.results).isEmpty();
    assertThat(driver.failures).isEmpty();
    driver.tearDown();
  }

  @Test
  void teardownCancelsWhatIsLeft() throws Exception {
    serve(ModelServer.start(call -> ServerReply.never()));
    BundleDriver driver = new BundleDriver(transform.configuration());
    driver.start();
    driver.process(LocalRun.tasks(1).get(0));
    LocalRun.await(() -> server.inFlight() == 1);

    driver.tearDown();

    LocalRun.await(() -> server.abandoned() == 1);
  }

  @Test
  void anInterruptedBundleCancelsItsElements() throws Exception {
    serve(ModelServer.start(call -> ServerReply.never()));
    BundleDriver driver = new BundleDriver(transform.configuration());
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Thread bundle =
        new Thread(
            () -> {
              try {
                driver.start();
                driver.process(LocalRun.tasks(1).get(0));
                driver.finish();
                interrupted.complete(false);
              } catch (InterruptedException e) {
                interrupted.complete(true);
              }
            });
    bundle.start();
    LocalRun.await(() -> server.inFlight() == 1);

    bundle.interrupt();

    assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
    LocalRun.await(() -> server.abandoned() == 1);
    driver.tearDown();
  }

  @Test
  void elementsThatWaitForSubCallsDoNotHoldTheThreadsThatAnswerThem() throws InterruptedException {
    serve(
        ModelServer.start(
            call ->
                ServerReply.text(
                    call.messages().size() == 1
                        ? "sub-answer"
                        : LocalRun.code(
                            "answer['content'] = ','.join(llm_query_batched(['a', 'b', 'c']));"
                                + " answer['ready'] = True"))));
    transform = transform.withMaxInFlight(4).withSubCallThreads(1);
    BundleDriver driver = new BundleDriver(transform.configuration());
    driver.start();
    for (RlmTask task : LocalRun.tasks(8)) {
      driver.process(task);
    }
    driver.finish();

    assertThat(driver.failures).isEmpty();
    assertThat(driver.results.stream().map(RlmResult::answer).distinct().toList())
        .containsExactly("sub-answer,sub-answer,sub-answer");
    assertThat(driver.results.get(0).subCalls()).isEqualTo(3);
    driver.tearDown();
  }
}
