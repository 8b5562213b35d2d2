package dev.rlmbeam.transforms.rlm;

import dev.rlmbeam.transforms.rlm.trajectory.BlockRecord;
import dev.rlmbeam.transforms.rlm.trajectory.RunRecord;
import dev.rlmbeam.transforms.rlm.trajectory.SubCallRecord;
import java.time.Duration;

/**
 * Sees a run as it happens, for a person who waits for it. Thread-safe: sub-calls end on threads of
 * their own. It returns soon and never throws; nothing depends on it.
 */
public interface TurnWatcher {

  /** A run begins; a second attempt of the same task begins anew. */
  void started(RunRecord run);

  /** The root model has answered. */
  void responded(int turn, String response, Duration elapsed);

  /** A code block of the last response is about to run. */
  void running(String code);

  /** A sub-call has ended, while the block runs. */
  void asked(SubCallRecord call);

  /** The block has ended. */
  void ran(BlockRecord block);

  /** Sees nothing. */
  static TurnWatcher none() {
    return NoWatcher.INSTANCE;
  }
}
