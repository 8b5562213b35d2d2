package dev.rlmbeam.transforms;

import java.io.Serializable;

/**
 * Where trajectories are written. Immutable.
 *
 * @param mode one file an element, packed, or none
 * @param directory a path or URI that Beam's {@code FileSystems} can write, without a slash at the
 *     end; empty with {@code NONE}
 */
public record TrajectoryPlan(Mode mode, String directory) implements Serializable {

  /** How trajectories are kept. */
  public enum Mode {
    /** One file an element, in the reference's form. */
    FILES,
    /** A few rolling compressed files a worker, with the element's id in each line. */
    PACKED,
    /** Not at all. */
    NONE
  }

  public TrajectoryPlan {
    if (mode != Mode.NONE && directory.isEmpty()) {
      throw new IllegalArgumentException("trajectories need a directory");
    }
  }

  /** No trajectories. */
  public static TrajectoryPlan none() {
    return new TrajectoryPlan(Mode.NONE, "");
  }
}
