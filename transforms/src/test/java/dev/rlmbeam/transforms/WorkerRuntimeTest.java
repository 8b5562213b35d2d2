package dev.rlmbeam.transforms;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.sandbox.Sandboxes;
import dev.rlmbeam.sandbox.local.LocalOptions;
import dev.rlmbeam.sandbox.local.LocalSandboxes;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import dev.rlmbeam.transforms.rlm.FailureClass;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a worker has open: when it is opened, how long it stays, and what outlives it. */
@Timeout(120)
class WorkerRuntimeTest {
  private static final AtomicInteger OPENED = new AtomicInteger();

  private final ModelServer server =
      ModelServer.start(
          call ->
              call.body().contains("never")
                  ? ServerReply.never()
                  : ServerReply.text(LocalRun.REVERSE));
  private RlmTransform transform =
      RlmTransform.answering(LocalRun.model(server), WorkerRuntimeTest::counted)
          .withRunId(LocalRun.transform(server).configuration().runId());

  private static Sandboxes counted() throws InterruptedException {
    OPENED.incrementAndGet();
    return LocalSandboxes.create(LocalOptions.defaults());
  }

  @AfterEach
  void leavesNothingBehind() throws InterruptedException {
    RunMonitor.of(transform.configuration().runId()).end();
    server.close();

    assertThat(LocalRun.threadsLeft()).isEmpty();
  }

  private static void run(BundleDriver driver, List<RlmTask> tasks) throws InterruptedException {
    driver.start();
    for (RlmTask task : tasks) {
      driver.process(task);
    }
    driver.finish();
  }

  @Test
  void theBrakeGoesOnCountingWhenTheWorkerIsClosedAndOpenedAgain() throws InterruptedException {
    transform = transform.withMaxInFlight(1).withRunMaxModelCalls(3);
    BundleDriver driver = new BundleDriver(transform.configuration());
    WorkerRuntime runtime = WorkerRuntimes.acquire(transform.configuration());
    run(driver, LocalRun.tasks(2));

    runtime.close();
    run(driver, LocalRun.tasks(4));

    assertThat(driver.results).hasSize(3);
    assertThat(driver.failures).hasSize(3);
    assertThat(server.calls()).isEqualTo(3);
    WorkerRuntimes.release(transform.configuration());
    driver.tearDown();
  }

  @Test
  void anIdleWorkerIsClosedAndOneThatIsAtWorkIsNot() throws Exception {
    OPENED.set(0);
    BundleDriver driver = new BundleDriver(transform.configuration());
    WorkerRuntime runtime = WorkerRuntimes.acquire(transform.configuration());
    driver.start();
    driver.process(RlmTask.of("slow", "never", "x"));
    LocalRun.await(() -> server.inFlight() == 1);

    assertThat(runtime.closeIfIdle(0)).isFalse();
    assertThat(server.inFlight()).isEqualTo(1);
    assertThat(runtime.closeIfIdle(TimeUnit.HOURS.toNanos(1))).isFalse();

    driver.start(); // aborts the bundle
    LocalRun.await(() -> runtime.closeIfIdle(0));
    driver.finish();
    run(driver, LocalRun.tasks(1));
    assertThat(driver.results).hasSize(1);
    assertThat(OPENED.get()).isEqualTo(2);
    WorkerRuntimes.release(transform.configuration());
    driver.tearDown();
  }

  @Test
  void nothingIsOpenedAfterTheEnd() throws InterruptedException {
    OPENED.set(0);
    WorkerRuntime runtime = new WorkerRuntime(transform.configuration());
    RlmTask task = LocalRun.tasks(1).get(0);
    runtime.retire();
    BlockingQueue<WorkerRuntime.Completion> done = new LinkedBlockingQueue<>();

    InFlight unused = runtime.start(task, runtime.request(task), "bundle", done::add);

    WorkerRuntime.Completion completion = done.poll(20, TimeUnit.SECONDS);
    assertThat(((Finished.Failure) completion.finished()).value().errorClass())
        .isEqualTo(FailureClass.CANCELLED);
    assertThat(OPENED.get()).isEqualTo(0);
    runtime.close();
  }

  @Test
  void isKeptForTheNextUserAndClosedWhenTheGraceIsOver() throws Exception {
    OPENED.set(0);
    transform = transform.withCloseGrace(Duration.ofSeconds(30));
    BundleDriver first = new BundleDriver(transform.configuration());
    run(first, LocalRun.tasks(1));
    first.tearDown();
    BundleDriver second = new BundleDriver(transform.configuration());
    run(second, LocalRun.tasks(1));
    second.tearDown();
    assertThat(OPENED.get()).isEqualTo(1);
    RunMonitor.of(transform.configuration().runId()).end();

    transform = transform.withCloseGrace(Duration.ofMillis(1));
    BundleDriver third = new BundleDriver(transform.configuration());
    BundleDriver fourth = new BundleDriver(transform.configuration());
    run(third, LocalRun.tasks(1));
    third.tearDown();
    run(fourth, LocalRun.tasks(1));
    assertThat(OPENED.get()).isEqualTo(2);
    fourth.tearDown();

    // Nobody ends the run: the grace alone closes what is open.
    LocalRun.await(() -> Thread.getAllStackTraces().keySet().stream().noneMatch(LocalRun::isOurs));
  }

  @Test
  void bundlesThatShareOneSessionGoOn() throws Exception {
    transform = transform.withSessionsPerSandbox(1).withMaxSandboxes(1).withMaxInFlight(4);
    BundleDriver holder = new BundleDriver(transform.configuration());
    BundleDriver other = new BundleDriver(transform.configuration());
    List<RlmTask> tasks = LocalRun.tasks(6);

    // The holder's bundle is never given anything more, as when its upstream waits for the other.
    holder.start();
    holder.process(tasks.get(0));
    holder.process(tasks.get(1));
    run(other, tasks.subList(2, 6));

    assertThat(other.results).hasSize(4);
    holder.finish();
    assertThat(holder.results).hasSize(2);
    holder.tearDown();
    other.tearDown();
  }
}
