package dev.rlmbeam.transforms;

import com.google.auto.value.AutoValue;
import dev.rlmbeam.sandbox.Isolation;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.transforms.model.ModelFactory;
import dev.rlmbeam.transforms.rlm.RlmSettings;
import java.io.Serializable;
import java.time.Duration;

/**
 * Everything that a worker needs to know of a transform. Immutable; travels with the job graph;
 * holds references to keys, no keys.
 */
@AutoValue
abstract class RlmConfiguration implements Serializable {
  private static final long serialVersionUID = 1L;

  abstract ModelFactory rootModel();

  abstract ModelFactory subModel();

  abstract SandboxesFactory sandboxes();

  abstract SandboxSpec sandboxSpec();

  abstract Isolation isolation();

  abstract int sessionsPerSandbox();

  abstract int maxSandboxes();

  abstract RlmSettings settings();

  abstract int maxInFlight();

  abstract int maxInFlightMib();

  abstract int maxAttempts();

  abstract double sandboxUsdPerSecond();

  abstract int subCallThreads();

  abstract long runMaxModelCalls();

  abstract Duration closeGrace();

  abstract ResultStore resultStore();

  abstract WorkerReports reports();

  abstract TrajectoryPlan trajectories();

  abstract Spread spread();

  abstract boolean manyWindows();

  /** Names the run in results and progress. */
  abstract String runId();

  /**
   * Names this use of the transform: equal in all copies of it that runners make, different for any
   * other.
   */
  abstract String key();

  static Builder builder() {
    return new AutoValue_RlmConfiguration.Builder();
  }

  abstract Builder toBuilder();

  @AutoValue.Builder
  abstract static class Builder {
    abstract Builder rootModel(ModelFactory model);

    abstract Builder subModel(ModelFactory model);

    abstract Builder sandboxes(SandboxesFactory sandboxes);

    abstract Builder sandboxSpec(SandboxSpec spec);

    abstract Builder isolation(Isolation isolation);

    abstract Builder sessionsPerSandbox(int count);

    abstract Builder maxSandboxes(int count);

    abstract Builder settings(RlmSettings settings);

    abstract Builder maxInFlight(int count);

    abstract Builder maxInFlightMib(int mib);

    abstract Builder maxAttempts(int count);

    abstract Builder sandboxUsdPerSecond(double price);

    abstract Builder subCallThreads(int count);

    abstract Builder runMaxModelCalls(long count);

    abstract Builder closeGrace(Duration grace);

    abstract Builder resultStore(ResultStore store);

    abstract Builder reports(WorkerReports reports);

    abstract Builder trajectories(TrajectoryPlan plan);

    abstract Builder spread(Spread spread);

    abstract Builder manyWindows(boolean allowed);

    abstract Builder runId(String runId);

    abstract Builder key(String key);

    abstract RlmConfiguration autoBuild();

    RlmConfiguration build() {
      RlmConfiguration built = autoBuild();
      require(
          built.maxInFlight() >= 1, "maxInFlight must be >= 1, but was %s", built.maxInFlight());
      require(
          built.maxInFlightMib() >= 1,
          "maxInFlightMib must be >= 1, but was %s",
          built.maxInFlightMib());
      require(
          built.maxAttempts() >= 1, "maxAttempts must be >= 1, but was %s", built.maxAttempts());
      require(
          built.sessionsPerSandbox() >= 1,
          "sessionsPerSandbox must be >= 1, but was %s",
          built.sessionsPerSandbox());
      require(
          built.maxSandboxes() >= 1, "maxSandboxes must be >= 1, but was %s", built.maxSandboxes());
      require(
          built.sandboxUsdPerSecond() >= 0,
          "the price of a sandbox's second must be >= 0, but was %s",
          built.sandboxUsdPerSecond());
      require(
          built.subCallThreads() >= 1,
          "subCallThreads must be >= 1, but was %s",
          built.subCallThreads());
      require(
          built.runMaxModelCalls() >= 0,
          "runMaxModelCalls must be >= 0 (0 for no limit), but was %s",
          built.runMaxModelCalls());
      require(!built.runId().isEmpty(), "runId must not be empty%s", "");
      return built;
    }

    private static void require(boolean holds, String format, Object value) {
      if (!holds) {
        throw new IllegalArgumentException(String.format(format, value));
      }
    }
  }
}
