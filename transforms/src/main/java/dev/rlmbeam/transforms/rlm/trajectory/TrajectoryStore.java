package dev.rlmbeam.transforms.rlm.trajectory;

/**
 * Where the trajectories of a worker go. Thread-safe. Who creates it closes it, after the sinks it
 * opened.
 */
public interface TrajectoryStore extends AutoCloseable {

  /**
   * The sink for one run.
   *
   * @param id of the task, any text
   * @param attempt which run of the task this is, from 1
   */
  TrajectorySink open(String id, int attempt);

  /** Trajectories that could not be written whole. The first one is logged with its cause. */
  long lost();

  /** Ends what is open. Idempotent. */
  @Override
  void close();

  /** Keeps nothing. */
  static TrajectoryStore none() {
    return NoTrajectory.INSTANCE;
  }
}
