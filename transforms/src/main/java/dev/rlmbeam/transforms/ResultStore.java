package dev.rlmbeam.transforms;

import java.io.Serializable;

/**
 * Where a finished task is put before it is emitted, so that what was paid for survives a bundle
 * that is aborted afterwards. The seam of the turn journal.
 *
 * <p>Travels with the job graph; called on the worker from many threads at once.
 */
public interface ResultStore extends Serializable {

  /**
   * Keeps what became of a task, a failure included, but not one that was cancelled: that is not
   * finished. Called once for each before it is emitted, from the thread that ran it or, when it
   * was never begun or hangs, from the bundle's; returns when it is kept. An exception ends the
   * bundle: what was paid for and cannot be kept is not given out as if it were.
   */
  void put(String id, Finished finished);

  /** Keeps nothing. */
  static ResultStore none() {
    return (id, finished) -> {};
  }
}
