package dev.rlmbeam.transforms.rlm.trajectory;

/**
 * Takes the trajectory of one run, turn by turn, as it happens. One thread at a time; whoever
 * opened it closes it. It never throws: a trajectory that cannot be written must not cost an answer
 * that was paid for, so it is given up, and its store counts it.
 */
public interface TrajectorySink extends AutoCloseable {

  /** False when everything is thrown away, so that nothing need be kept for it. */
  boolean keeps();

  /** Called once, first. */
  void start(RunRecord run);

  /** Called at the end of each turn, and for a turn that failed. */
  void turn(TurnRecord turn);

  /** Idempotent. */
  @Override
  void close();

  /** Throws everything away. */
  static TrajectorySink none() {
    return NoTrajectory.INSTANCE;
  }
}
