package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.pipelines.report.Tally;
import org.apache.beam.sdk.transforms.Combine;

/**
 * Adds tallies up; of none it makes the tally of nothing, so that an empty run has a summary too.
 */
final class TallyFn extends Combine.BinaryCombineFn<Tally> {
  private static final long serialVersionUID = 1L;

  @Override
  public Tally apply(Tally a, Tally b) {
    return a.plus(b);
  }

  @Override
  public Tally identity() {
    return Tally.NONE;
  }
}
