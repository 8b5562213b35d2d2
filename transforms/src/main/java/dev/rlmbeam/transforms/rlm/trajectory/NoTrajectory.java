package dev.rlmbeam.transforms.rlm.trajectory;

/** Keeps nothing. Immutable. */
enum NoTrajectory implements TrajectorySink, TrajectoryStore {
  INSTANCE;

  @Override
  public TrajectorySink open(String id, int attempt) {
    return this;
  }

  @Override
  public long lost() {
    return 0;
  }

  @Override
  public boolean keeps() {
    return false;
  }

  @Override
  public void start(RunRecord run) {}

  @Override
  public void turn(TurnRecord turn) {}

  @Override
  public void close() {}
}
