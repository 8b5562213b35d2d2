package dev.rlmbeam.pipelines.scale;

import java.util.List;

/**
 * What an element costs, found from measured runs: the costs with which the simulation comes
 * nearest to them. Immutable.
 *
 * @param cpu of an element and of a turn
 * @param start seconds more that a run takes at its beginning, while a new process warms up
 */
record Fit(CpuCosts cpu, double start) {
  /** What a turn costs of an element's cost, where all runs have as many turns. */
  private static final double TURN_SHARE = 0.1;

  private static final double MOST_SECONDS = 4;
  private static final int ROUNDS = 24;

  /**
   * Fits to the runs, all of them: to the least sum of the squares of what a forecast is off by.
   * Looks in ever narrower surroundings of the best so far.
   *
   * @throws IllegalArgumentException when there is no run
   */
  static Fit to(List<Measured> runs) {
    if (runs.isEmpty()) {
      throw new IllegalArgumentException("a fit needs one measured run or more");
    }
    boolean turnsDiffer = runs.stream().mapToInt(Measured::turns).distinct().count() > 1;
    // Started from costs of about the right size; each search moves by a factor.
    double element = 0.1;
    double turn = element * TURN_SHARE;
    Fit best = tried(runs, element, turn);
    double factor = 4;
    for (int round = 0; round < ROUNDS; round++) {
      Fit before = best;
      for (double of : new double[] {1 / factor, factor}) {
        Fit other = tried(runs, best.cpu.element() * of, turnsDiffer ? best.cpu.turn() : -1);
        best = other.error(runs) < best.error(runs) ? other : best;
        if (turnsDiffer) {
          other = tried(runs, best.cpu.element(), best.cpu.turn() * of);
          best = other.error(runs) < best.error(runs) ? other : best;
        }
      }
      if (best.equals(before)) {
        factor = Math.sqrt(factor);
      }
    }
    return best;
  }

  /** With the start that suits the costs best. */
  private static Fit tried(List<Measured> runs, double element, double turn) {
    double bounded = Math.min(MOST_SECONDS, element);
    CpuCosts cpu = new CpuCosts(bounded, turn < 0 ? bounded * TURN_SHARE : turn, 0);
    double sum = 0;
    double weights = 0;
    for (Measured run : runs) {
      double weight = 1 / (run.wall() * run.wall());
      sum += weight * (run.wall() - Simulation.of(run.run(cpu)).betweenCalls());
      weights += weight;
    }
    // One or two runs cannot tell a slow start from slow elements.
    return new Fit(cpu, runs.size() < 3 ? 0 : Math.max(0, sum / weights));
  }

  private double error(List<Measured> runs) {
    double sum = 0;
    for (Measured run : runs) {
      double off = seconds(run) / run.wall() - 1;
      sum += off * off;
    }
    return sum;
  }

  /** The foretold time of a run, as {@link Measured#wall()} counts it. */
  double seconds(Measured run) {
    return start + Simulation.of(run.run(cpu)).betweenCalls();
  }

  /** The foretold number of calls. */
  long calls(Measured run) {
    return Simulation.of(run.run(cpu)).calls();
  }
}
