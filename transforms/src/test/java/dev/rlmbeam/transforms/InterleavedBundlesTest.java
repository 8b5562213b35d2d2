package dev.rlmbeam.transforms;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.transforms.model.testing.ModelServer;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two bundles at a time on one worker, one of them aborted on the way and brought again. */
@Timeout(300)
class InterleavedBundlesTest {
  /** The full proof runs 5,000; see {@code ./rlm prove spine}. */
  private static final int ELEMENTS = Integer.getInteger("rlm.prove.elements", 128);

  private final ModelServer server = LocalRun.full(16, LocalRun.REVERSE);
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
      process(i % 2 == 0 ? whole : broken, tasks.get(i), i);
      if (i == ELEMENTS / 2) {
        // A runner that aborts a bundle throws away what it emitted, and brings its elements again.
        broken.results.clear();
        broken.places.clear();
        broken.start();
        for (int again = 1; again <= i; again += 2) {
          process(broken, tasks.get(again), again);
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
    assertThat(server.peakInFlight()).isEqualTo(16);
    Set<String> places = new TreeSet<>(whole.places);
    places.addAll(broken.places);
    Set<String> expected = new TreeSet<>();
    for (int i = 0; i < ELEMENTS; i++) {
      expected.add("t" + i + "@" + i + " in " + window(i));
    }
    assertThat(places).isEqualTo(expected);
    whole.tearDown();
    broken.tearDown();
  }

  private static void process(BundleDriver driver, RlmTask task, int i)
      throws InterruptedException {
    driver.process(task, new Instant(i), List.of(window(i)));
  }

  private static IntervalWindow window(int i) {
    return new IntervalWindow(new Instant(i / 100 * 100L), org.joda.time.Duration.millis(100));
  }

  private static Set<String> ids(BundleDriver driver) {
    return driver.results.stream().map(RlmResult::id).collect(Collectors.toSet());
  }
}
