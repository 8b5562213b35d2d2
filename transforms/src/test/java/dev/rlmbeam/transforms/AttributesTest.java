package dev.rlmbeam.transforms;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.rlm.FailureClass;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a task takes with it arrives as it was, whatever becomes of the task. */
@Timeout(60)
class AttributesTest {

  @Test
  void arriveWithResultsAndWithFailuresOfEveryKind() throws InterruptedException {
    Map<String, String> results = new TreeMap<>();
    Map<FailureClass, String> failures = new TreeMap<>();
    try (ModelServer server = LocalRun.serving(LocalRun.REVERSE, Duration.ZERO)) {
      RlmTransform transform =
          LocalRun.transform(server).withMaxInFlight(1).withRunMaxModelCalls(1);
      BundleDriver driver = new BundleDriver(transform.configuration());
      driver.start();
      driver.process(task("lost", RlmContext.at("/no/such/file")));
      driver.process(task("answered", RlmContext.text("context")));
      driver.process(task("braked", RlmContext.text("context")));
      driver.finish();
      driver.start();
      RunMonitor.of(transform.configuration().runId()).stop();
      driver.process(task("stopped", RlmContext.text("context")));
      driver.finish();
      driver.tearDown();
      RunMonitor.of(transform.configuration().runId()).end();
      driver.results.forEach(result -> results.put(result.id(), result.attributes()));
      driver.failures.forEach(failure -> failures.put(failure.errorClass(), failure.attributes()));
    }

    assertThat(results).containsExactly("answered", "of answered\n");
    assertThat(failures)
        .containsExactly(
            FailureClass.CONTEXT_INVALID,
            "of lost\n",
            FailureClass.RUN_LIMIT,
            "of braked\n",
            FailureClass.CANCELLED,
            "of stopped\n");
  }

  private static RlmTask task(String id, RlmContext context) {
    return new RlmTask(id, "q", context, "", "of " + id + "\n");
  }
}
