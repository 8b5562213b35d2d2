package dev.rlmbeam.transforms.rlm;

import dev.rlmbeam.transforms.rlm.trajectory.BlockRecord;
import dev.rlmbeam.transforms.rlm.trajectory.RunRecord;
import dev.rlmbeam.transforms.rlm.trajectory.SubCallRecord;
import java.time.Duration;

/** Sees nothing. Immutable. */
enum NoWatcher implements TurnWatcher {
  INSTANCE;

  @Override
  public void started(RunRecord run) {}

  @Override
  public void responded(int turn, String response, Duration elapsed) {}

  @Override
  public void running(String code) {}

  @Override
  public void asked(SubCallRecord call) {}

  @Override
  public void ran(BlockRecord block) {}
}
