package dev.rlmbeam.transforms;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.local.LocalOptions;
import dev.rlmbeam.sandbox.local.LocalSandboxes;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.rlm.FailureClass;
import dev.rlmbeam.transforms.rlm.RlmSettings;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of an element is said once, kept, and then emitted. */
@Timeout(120)
class OutcomesTest {
  private final ModelServer server = LocalRun.serving(LocalRun.REVERSE, Duration.ofMillis(5));
  private RlmTransform transform = LocalRun.transform(server).withResultStore(KeptResults::put);

  @BeforeEach
  void clearStore() {
    KeptResults.clear();
  }

  @AfterEach
  void leavesNothingBehind() throws InterruptedException {
    RunMonitor.of(transform.configuration().runId()).end();
    server.close();

    assertThat(LocalRun.threadsLeft()).isEmpty();
  }

  @Test
  void whatIsFinishedIsKeptBeforeItIsEmitted() throws InterruptedException {
    BundleDriver driver = new BundleDriver(transform.configuration());
    driver.start();
    driver.process(LocalRun.tasks(1).get(0));
    KeptResults.await("t0");
    assertThat(driver.results).isEmpty();

    driver.finish();

    assertThat(driver.results).hasSize(1);
    driver.tearDown();
  }

  @Test
  void tasksThatAreRefusedAreKeptToo() throws InterruptedException {
    transform = transform.withMaxInFlight(1).withRunMaxModelCalls(1);
    BundleDriver driver = new BundleDriver(transform.configuration());
    driver.start();
    for (RlmTask task : LocalRun.tasks(4)) {
      driver.process(task);
    }
    driver.finish();

    assertThat(driver.failures).hasSize(3);
    assertThat(KeptResults.all().stream().map(Finished::id).toList())
        .containsExactly("t0", "t1", "t2", "t3");
    driver.tearDown();
  }

  @Test
  void aBrokenStoreEndsTheBundleAndMakesNoFailureOfAPaidAnswer() {
    transform = transform.withResultStore(KeptResults::fail);
    BundleDriver driver = new BundleDriver(transform.configuration());
    driver.start();

    IllegalStateException broken =
        assertThrows(
            IllegalStateException.class,
            () -> {
              driver.process(LocalRun.tasks(1).get(0));
              driver.finish();
            });

    assertThat(broken).hasMessageThat().contains("task t0 could not be kept");
    assertThat(broken).hasMessageThat().contains("no space left for t0");
    assertThat(driver.results).isEmpty();
    assertThat(driver.failures).isEmpty();
    driver.tearDown();
  }

  @Test
  void anElementThatHangsIsGivenUpAndItsLateAnswerIsDropped() throws Exception {
    transform =
        RlmTransform.answering(
                StuckModel.factory(), () -> LocalSandboxes.create(LocalOptions.defaults()))
            .withRunId(transform.configuration().runId())
            .withResultStore(KeptResults::put)
            .withMaxInFlight(1)
            .withSettings(RlmSettings.defaults().withElementTimeout(Duration.ofSeconds(8)));
    BundleDriver driver =
        new BundleDriver(new ModalRlmDoFn(transform.configuration(), Duration.ofMillis(200)));
    driver.start();
    driver.process(LocalRun.tasks(1).get(0));

    driver.finish();

    RlmFailure overdue = driver.failures.get(0);
    assertThat(overdue.errorClass()).isEqualTo(FailureClass.DEADLINE);
    assertThat(overdue.message()).contains("could not be stopped in time");
    assertThat(overdue.attempts()).isEqualTo(1);
    assertThat(overdue.usage().get("stuck").calls()).isEqualTo(1);
    // Its slot is free again, although its thread still hangs.
    ElementSlots.Request slot =
        WorkerRuntimes.acquire(transform.configuration()).request(LocalRun.tasks(1).get(0));
    assertThat(slot.await(0)).isTrue();
    slot.release();

    StuckModel.letGo();
    WorkerRuntimes.release(transform.configuration());
    driver.tearDown();
    RunMonitor.of(transform.configuration().runId()).end();
    assertThat(LocalRun.threadsLeft()).isEmpty();
    assertThat(KeptResults.all()).containsExactly(new Finished.Failure(overdue));
  }
}
