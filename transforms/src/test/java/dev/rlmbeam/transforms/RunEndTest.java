package dev.rlmbeam.transforms;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import dev.rlmbeam.transforms.rlm.FailureClass;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs that end before their tasks do: stopped, braked, refused, or not to be set up. */
@Timeout(120)
class RunEndTest {
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
  void withoutAGraceAllIsClosedWhenTheLastTeardownReturns() throws Exception {
    transform = transform.withCloseGrace(Duration.ZERO);
    BundleDriver first = new BundleDriver(transform.configuration());
    BundleDriver last = new BundleDriver(transform.configuration());
    for (BundleDriver driver : List.of(first, last)) {
      driver.start();
      driver.process(LocalRun.tasks(1).get(0));
      driver.finish();
    }

    first.tearDown();
    assertThat(Thread.getAllStackTraces().keySet().stream().anyMatch(LocalRun::isOurs)).isTrue();
    Thread.currentThread().interrupt(); // as Flink does with a task that is cancelled
    last.tearDown();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(LocalRun.threadsLeft()).isEmpty();
  }

  @Test
  void aStoppedRunAccountsForEveryTask() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    serve(
        ModelServer.start(
            call -> {
              int number = calls.incrementAndGet();
              return number <= 2
                  ? ServerReply.text(LocalRun.REVERSE)
                  : number <= 4 ? ServerReply.text(LocalRun.code("half = 1")) : ServerReply.never();
            }));
    transform = transform.withMaxInFlight(2);
    RunMonitor monitor = RunMonitor.of(transform.configuration().runId());
    BundleDriver driver = new BundleDriver(transform.configuration());
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    Thread bundle =
        new Thread(
            () -> {
              try {
                driver.start();
                for (RlmTask task : LocalRun.tasks(10)) {
                  driver.process(task);
                }
                driver.finish();
                done.complete(true);
              } catch (InterruptedException e) {
                done.completeExceptionally(e);
              }
            });
    bundle.start();
    LocalRun.await(() -> server.calls() == 6 && server.inFlight() == 2);

    monitor.stop();
    done.get(20, TimeUnit.SECONDS);

    assertThat(driver.results).hasSize(2);
    assertThat(driver.failures).hasSize(8);
    assertThat(driver.failures.stream().map(RlmFailure::errorClass).distinct().toList())
        .containsExactly(FailureClass.CANCELLED);
    assertThat(driver.failures.stream().filter(failure -> failure.attempts() == 0).count())
        .isAtLeast(6L);
    // What those in flight had paid for is told, too.
    assertThat(
            driver.failures.stream()
                .flatMap(failure -> failure.usage().values().stream())
                .mapToLong(used -> used.calls())
                .sum())
        .isEqualTo(2);
    assertThat(server.calls()).isEqualTo(6);
    driver.tearDown();
  }

  @Test
  void aBundleThatWaitsForASlotHearsOfTheStop() throws Exception {
    serve(ModelServer.start(call -> ServerReply.never()));
    transform = transform.withMaxInFlight(1);
    RunMonitor monitor = RunMonitor.of(transform.configuration().runId());
    BundleDriver holder = new BundleDriver(transform.configuration());
    holder.start();
    holder.process(LocalRun.tasks(1).get(0));
    LocalRun.await(() -> server.inFlight() == 1);
    // As if the holder's element did not hear of the stop: its slot is not given back by it.
    ElementSlots.Request stuck =
        WorkerRuntimes.acquire(transform.configuration()).request(LocalRun.tasks(1).get(0));
    BundleDriver waiting = new BundleDriver(transform.configuration());
    CompletableFuture<Integer> failures = new CompletableFuture<>();
    Thread bundle =
        new Thread(
            () -> {
              try {
                waiting.start();
                waiting.process(LocalRun.tasks(2).get(1));
                failures.complete(waiting.failures.size());
              } catch (InterruptedException e) {
                failures.completeExceptionally(e);
              }
            });
    bundle.start();

    monitor.stop();

    assertThat(failures.get(20, TimeUnit.SECONDS)).isEqualTo(1);
    stuck.release();
    holder.finish();
    WorkerRuntimes.release(transform.configuration());
    holder.tearDown();
    waiting.tearDown();
  }

  @Test
  void aWorkerThatCannotBeSetUpIsSaidOnceAndNotTriedForEveryElement() throws InterruptedException {
    AtomicInteger tries = SetupFailures.counter();
    transform =
        RlmTransform.answering(LocalRun.model(server), SetupFailures::open)
            .withRunId(transform.configuration().runId())
            .withMaxInFlight(1);
    BundleDriver driver = new BundleDriver(transform.configuration());
    driver.start();
    for (RlmTask task : LocalRun.tasks(20)) {
      driver.process(task);
    }
    driver.finish();

    assertThat(driver.failures).hasSize(20);
    assertThat(driver.failures.stream().map(RlmFailure::errorClass).distinct().toList())
        .containsExactly(FailureClass.SANDBOX_UNAVAILABLE);
    assertThat(driver.failures.get(0).message()).contains("install it");
    assertThat(tries.get()).isEqualTo(1);
    driver.tearDown();
  }

  @Test
  void aFinalRefusalIsPaidOnceForThoseInFlight() throws InterruptedException {
    serve(ModelServer.start(call -> ServerReply.error(401, "invalid_api_key", "wrong key")));
    transform = transform.withMaxInFlight(3);
    BundleDriver driver = new BundleDriver(transform.configuration());
    driver.start();
    for (RlmTask task : LocalRun.tasks(50)) {
      driver.process(task);
    }
    driver.finish();

    assertThat(driver.failures).hasSize(50);
    assertThat(driver.failures.stream().map(RlmFailure::errorClass).distinct().toList())
        .containsExactly(FailureClass.MODEL_REFUSED);
    assertThat(server.calls()).isAtMost(3);
    assertThat(RunMonitor.of(transform.configuration().runId()).snapshot().refusal()).isPresent();
    driver.tearDown();
  }

  @Test
  void theBrakeStopsTheRunGracefully() throws InterruptedException {
    transform = transform.withMaxInFlight(2).withRunMaxModelCalls(5);
    BundleDriver driver = new BundleDriver(transform.configuration());
    driver.start();
    for (RlmTask task : LocalRun.tasks(20)) {
      driver.process(task);
    }
    driver.finish();

    assertThat(server.calls()).isEqualTo(5);
    assertThat(driver.results).hasSize(5);
    assertThat(driver.failures).hasSize(15);
    assertThat(driver.failures.stream().map(RlmFailure::errorClass).distinct().toList())
        .containsExactly(FailureClass.RUN_LIMIT);
    assertThat(RunMonitor.of(transform.configuration().runId()).snapshot().brakeReached()).isTrue();
    driver.tearDown();
  }
}
