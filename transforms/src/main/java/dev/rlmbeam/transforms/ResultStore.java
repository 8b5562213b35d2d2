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
   * Keeps a finished task. Called once for each, on the pool's thread, before the bundle sees it;
   * returns when it is kept. An exception makes the element a failure of class {@code INTERNAL}.
   */
  void put(String id, Finished finished);

  /** Keeps nothing. */
  static ResultStore none() {
    return (id, finished) -> {};
  }
}
