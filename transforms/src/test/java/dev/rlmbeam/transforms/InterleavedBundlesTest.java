package dev.rlmbeam.transforms;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.transforms.model.testing.ModelServer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two bundles at a time on one worker, one of them aborted on the way and brought again. */
@Timeout(300)
class InterleavedBundlesTest {
  /** The full proof runs 5,000; see {@code ./rlm prove spine}. */
  private static final int ELEMENTS = Integer.getInteger("rlm.prove.elements", 128);

  private final ModelServer server = LocalRun.serving(LocalRun.REVERSE, Duration.ofMillis(5));
  private final RlmTransform transform = LocalRun.transform(server).withMaxInFlight(16);

  @AfterEach
  void leavesNothingBehind() throws InterruptedException {
    RunMonitor.of(transform.configuration().runId()).end();
    server.close();

    assertThat(LocalRun.threadsLeft()).isEmpty();
  }

  @Test
  void interleavedAndAbortedBundlesLoseNothing() throws InterruptedException {
    List<RlmTask> tasks = LocalRun.tasks(ELEMENTS);
    BundleDriver whole = new BundleDriver(transform.configuration());
    BundleDriver broken = new BundleDriver(transform.configuration());
    whole.start();
    broken.start();
    for (int i = 0; i < ELEMENTS; i++) {
      (i % 2 == 0 ? whole : broken).process(tasks.get(i));
      if (i == ELEMENTS / 2) {
        // A runner that aborts a bundle throws away what it emitted, and brings its elements again.
        broken.results.clear();
        broken.start();
        for (int again = 1; again <= i; again += 2) {
          broken.process(tasks.get(again));
        }
      }
    }
    whole.finish();
    broken.finish();

    assertThat(whole.failures).isEmpty();
    assertThat(broken.failures).isEmpty();
    assertThat(whole.results.size() + broken.results.size()).isEqualTo(ELEMENTS);
    Set<String> ids = new TreeSet<>(ids(whole));
    ids.addAll(ids(broken));
    assertThat(ids).hasSize(ELEMENTS);
    assertThat(server.peakInFlight()).isAtMost(16);
    whole.tearDown();
    broken.tearDown();
  }

  private static Set<String> ids(BundleDriver driver) {
    return driver.results.stream().map(RlmResult::id).collect(Collectors.toSet());
  }
}
