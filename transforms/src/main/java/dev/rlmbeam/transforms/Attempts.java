package dev.rlmbeam.transforms;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import dev.rlmbeam.transforms.model.ModelUsage;
import dev.rlmbeam.transforms.rlm.RlmOutcome;
import dev.rlmbeam.transforms.rlm.RlmOutcome.Failed;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * The attempts at one element: begun again when its sandbox was lost, until the attempts or the
 * element's time are used up. One thread.
 */
final class Attempts {
  /** One attempt. */
  interface Attempt {
    RlmOutcome run(int number, Duration timeLeft) throws InterruptedException;
  }

  private final int max;
  private final long deadlineNanos;
  private final long startedNanos = System.nanoTime();
  private final Map<String, ModelUsage> usage = new TreeMap<>();
  private int begun;
  private int turns;
  private int subCalls;

  Attempts(int max, Duration time) {
    this.max = max;
    this.deadlineNanos = startedNanos + time.toNanos();
  }

  /** The outcome of the last attempt; what all of them cost is kept here. */
  RlmOutcome run(Attempt attempt) throws InterruptedException {
    RetryPolicy<RlmOutcome> policy =
        RetryPolicy.<RlmOutcome>builder()
            .handleResultIf(
                outcome ->
                    outcome instanceof Failed failed
                        && failed.retryable()
                        && System.nanoTime() < deadlineNanos)
            .withMaxAttempts(max)
            .withBackoff(Duration.ofMillis(200), Duration.ofSeconds(5))
            .withJitter(0.3)
            .build();
    try {
      return Failsafe.with(policy).get(() -> once(attempt));
    } catch (FailsafeException e) {
      if (e.getCause() instanceof InterruptedException interrupted) {
        throw interrupted;
      }
      throw e;
    }
  }

  private RlmOutcome once(Attempt attempt) throws InterruptedException {
    begun++;
    RlmOutcome outcome = attempt.run(begun, timeLeft());
    turns += outcome.cost().turns();
    subCalls += outcome.cost().subCalls();
    outcome.cost().usage().forEach((model, used) -> usage.merge(model, used, ModelUsage::plus));
    return outcome;
  }

  private Duration timeLeft() {
    return Duration.ofNanos(Math.max(1, deadlineNanos - System.nanoTime()));
  }

  int begun() {
    return begun;
  }

  int turns() {
    return turns;
  }

  int subCalls() {
    return subCalls;
  }

  Map<String, ModelUsage> usage() {
    return usage;
  }

  double seconds() {
    return (System.nanoTime() - startedNanos) / 1e9;
  }
}
