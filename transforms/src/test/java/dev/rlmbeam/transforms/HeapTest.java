package dev.rlmbeam.transforms;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.transforms.model.testing.ModelServer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That nothing of an element stays behind when it has ended, while its bundle goes on. */
@Timeout(300)
class HeapTest {
  /** All contexts together are many times the allowance, even one byte a character. */
  private static final int CONTEXT_CHARS = 2 << 20;

  private static final int WARM_UP = 10;
  private static final int ELEMENTS = 50;
  private static final long ALLOWANCE = 32L << 20;

  private final ModelServer server =
      LocalRun.serving(
          LocalRun.code("answer['content'] = len(context); answer['ready'] = True"), Duration.ZERO);
  private final RlmTransform transform = LocalRun.transform(server).withMaxInFlight(2);

  @AfterEach
  void leavesNothingBehind() throws InterruptedException {
    RunMonitor.of(transform.configuration().runId()).end();
    server.close();

    assertThat(LocalRun.threadsLeft()).isEmpty();
  }

  @Test
  void staysFlatWhileElementsPass() throws InterruptedException {
    BundleDriver driver = new BundleDriver(transform.configuration());
    driver.start();
    long before = 0;
    for (int i = 0; i < ELEMENTS; i++) {
      if (i == WARM_UP) {
        before = usedHeap();
      }
      driver.process(RlmTask.of("t" + i, "how long?", context(i)));
    }
    long grown = usedHeap() - before;
    driver.finish();

    assertThat(driver.failures).isEmpty();
    assertThat(driver.results).hasSize(ELEMENTS);
    assertThat(driver.results.get(0).answer()).isEqualTo(Integer.toString(CONTEXT_CHARS));
    assertThat(grown).isLessThan(ALLOWANCE);
    driver.tearDown();
  }

  /** A different one for each, made when it is needed. */
  private static String context(int i) {
    String start = "element " + i + " ";
    return start + "x".repeat(CONTEXT_CHARS - start.length());
  }

  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
