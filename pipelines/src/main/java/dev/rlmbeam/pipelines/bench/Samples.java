package dev.rlmbeam.pipelines.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What was measured for one figure. Immutable.
 *
 * @param values in milliseconds, or shares of 1; at least one
 */
record Samples(List<Double> values) {
  private static final double NANOS_A_MILLI = 1e6;

  Samples {
    values = List.copyOf(values);
    if (values.isEmpty()) {
      throw new IllegalArgumentException("nothing was measured");
    }
  }

  /** How often something is done. */
  record Plan(int warmUps, int samples, Duration budget) {}

  /** Does something once and says how long the part that counts took, in nanoseconds. */
  interface Step {
    long take() throws InterruptedException;
  }

  /**
   * Warms up, then measures as often as planned, or until the budget is used up; once at the least.
   */
  static Samples take(Plan plan, Step step) throws InterruptedException {
    long end = System.nanoTime() + plan.budget().toNanos();
    for (int i = 0; i < plan.warmUps() && System.nanoTime() - end < 0; i++) {
      step.take();
    }
    List<Double> values = new ArrayList<>();
    do {
      values.add(step.take() / NANOS_A_MILLI);
    } while (values.size() < plan.samples() && System.nanoTime() - end < 0);
    return new Samples(values);
  }

  /** The value in the middle; of an even number, between the two in the middle. */
  double median() {
    List<Double> sorted = values.stream().sorted().toList();
    int size = sorted.size();
    return (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
  }

  /** The smallest value that 95 % of the values do not exceed. */
  double p95() {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get((int) Math.ceil(0.95 * sorted.size()) - 1);
  }
}
