package dev.rlmbeam.transforms;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.sandbox.local.LocalOptions;
import dev.rlmbeam.sandbox.local.LocalSandboxes;
import dev.rlmbeam.transforms.model.ModelFactory;
import dev.rlmbeam.transforms.model.ModelSettings;
import dev.rlmbeam.transforms.model.OpenAiModelFactory;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.util.UUID;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.transforms.Create;
import org.junit.jupiter.api.Test;

/** What a runner is told of waits for rate limits, by the name under which it looks for it. */
final class ThrottlingTest {
  private static final int TASKS = 3;

  @Test
  void waitsThatTheServiceAskedForAreCounted() {
    // Each task's first call is refused for 400 ms.
    try (ModelServer server =
        ModelServer.start(
            call ->
                call.number() <= TASKS
                    ? ServerReply.error(429, "rate_limit_exceeded", "slow down")
                        .header("retry-after-ms", "400")
                    : ServerReply.text(LocalRun.REVERSE))) {
      assertThat(throttledMillis(server)).isAtLeast(TASKS * 400L);
      assertThat(server.calls()).isEqualTo(2 * TASKS);
    }
  }

  @Test
  void waitsForABrokenServiceAreNot() {
    try (ModelServer server =
        ModelServer.start(
            call ->
                call.number() <= TASKS
                    ? ServerReply.error(500, "server_error", "broken")
                    : ServerReply.text(LocalRun.REVERSE))) {
      assertThat(throttledMillis(server)).isEqualTo(0);
      assertThat(server.calls()).isEqualTo(2 * TASKS);
    }
  }

  private static long throttledMillis(ModelServer server) {
    ModelFactory model =
        new OpenAiModelFactory(
            "scripted", ModelSettings.builder().baseUrl(server.baseUrl()).maxRetries(3).build());
    String runId = "test-" + UUID.randomUUID();
    Pipeline pipeline = Pipeline.create();
    RlmTransform.Output unused =
        pipeline
            .apply(Create.of(LocalRun.tasks(TASKS)).withCoder(RlmTaskCoder.of()))
            .apply(
                RlmTransform.answering(
                        model,
                        () -> LocalSandboxes.create(LocalOptions.defaults().withPlainAllowed(true)))
                    .withRunId(runId));
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();
    RunMonitor.of(runId).end(); // or its threads would be there for half a minute
    MetricNameFilter name = MetricNameFilter.named("beam-throttling-metrics", "throttling-msecs");
    long millis = 0;
    for (MetricResult<Long> counter :
        result
            .metrics()
            .queryMetrics(MetricsFilter.builder().addNameFilter(name).build())
            .getCounters()) {
      // The runner adds up what was attempted some time later, on a thread of its own.
      millis += counter.getCommitted();
    }
    return millis;
  }
}
