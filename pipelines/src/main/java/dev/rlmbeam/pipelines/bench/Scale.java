package dev.rlmbeam.pipelines.bench;

import java.time.Duration;

/**
 * How much is measured. Immutable.
 *
 * @param quick fewer rounds of what is slow, and no context of 1 GB
 */
record Scale(boolean quick) {
  private static final Duration BUDGET = Duration.ofSeconds(30);

  /** For what takes less than 20 ms. */
  Samples.Plan small() {
    return new Samples.Plan(quick ? 100 : 300, quick ? 200 : 400, BUDGET);
  }

  /** For what takes some 20 ms. */
  Samples.Plan element() {
    return new Samples.Plan(quick ? 30 : 100, quick ? 200 : 300, BUDGET);
  }

  /** For 64 sub-calls at once. All of its calls have to fit into the limit of one element. */
  Samples.Plan rounds() {
    return new Samples.Plan(3, 12, BUDGET);
  }

  /** For a new sandbox. */
  Samples.Plan sandboxes() {
    return new Samples.Plan(1, quick ? 7 : 21, BUDGET);
  }

  /** For a context of this many bytes. */
  Samples.Plan contexts(long bytes) {
    boolean large = bytes > 500_000_000;
    return large ? new Samples.Plan(0, 1, BUDGET) : new Samples.Plan(1, quick ? 3 : 5, BUDGET);
  }

  /** How long each session asks where there is delay. */
  Duration delayed() {
    return Duration.ofMillis(quick ? 1500 : 4000);
  }

  /** Elements for the engine; some waves of 256, so that the middle is a steady state. */
  int engineElements() {
    return quick ? 900 : 2000;
  }

  /**
   * How long the engine's model takes, on average. With 256 in flight, 43 elements a second begin
   * and end; two cores do more than twice as many, and are not what bounds the run.
   */
  Duration engineLatency() {
    return Duration.ofSeconds(6);
  }
}
