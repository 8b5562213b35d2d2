package dev.rlmbeam.transforms;

import dev.rlmbeam.transforms.model.ModelUsage;
import java.io.Serializable;
import java.util.Map;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Metrics;

/**
 * The Beam metrics of the transform, in the namespace {@code rlm}. They are attempted values: a
 * retried bundle counts twice. Updated on the bundle's thread alone, because Beam drops updates
 * from any other.
 */
final class RlmMetrics implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final String NAMESPACE = "rlm";

  private final Counter answered = Metrics.counter(NAMESPACE, "answered");
  private final Counter failed = Metrics.counter(NAMESPACE, "failed");
  private final Counter turns = Metrics.counter(NAMESPACE, "turns");
  private final Counter subCalls = Metrics.counter(NAMESPACE, "subCalls");
  private final Counter modelCalls = Metrics.counter(NAMESPACE, "modelCalls");
  private final Counter inputTokens = Metrics.counter(NAMESPACE, "inputTokens");
  private final Counter outputTokens = Metrics.counter(NAMESPACE, "outputTokens");
  private final Counter retries = Metrics.counter(NAMESPACE, "retries");
  // By this name a runner that chooses its number of workers knows that more would only wait more.
  private final Counter throttled =
      Metrics.counter(Metrics.THROTTLE_TIME_NAMESPACE, Metrics.THROTTLE_TIME_COUNTER_NAME);
  private final Distribution elementMillis = Metrics.distribution(NAMESPACE, "elementMillis");

  void count(Finished finished) {
    if (finished instanceof Finished.Result result) {
      RlmResult value = result.value();
      answered.inc();
      count(value.turns(), value.subCalls(), value.usage(), value.seconds(), value.attempts());
    } else if (finished instanceof Finished.Failure failure) {
      RlmFailure value = failure.value();
      failed.inc();
      count(value.turns(), value.subCalls(), value.usage(), value.seconds(), value.attempts());
    }
  }

  void throttled(long millis) {
    if (millis > 0) {
      throttled.inc(millis);
    }
  }

  private void count(
      int elementTurns,
      int elementSubCalls,
      Map<String, ModelUsage> usage,
      double seconds,
      int attempts) {
    turns.inc(elementTurns);
    subCalls.inc(elementSubCalls);
    for (ModelUsage model : usage.values()) {
      modelCalls.inc(model.calls());
      inputTokens.inc(model.inputTokens());
      outputTokens.inc(model.outputTokens());
    }
    if (attempts > 1) {
      retries.inc(attempts - 1L);
    }
    elementMillis.update(Math.round(seconds * 1000));
  }
}
