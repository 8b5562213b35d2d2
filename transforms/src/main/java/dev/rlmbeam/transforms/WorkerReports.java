package dev.rlmbeam.transforms;

import java.io.Serializable;

/**
 * What a worker tells of itself while it has elements, so that a launcher in another process can
 * show how far the run is, and stop it.
 *
 * <p>Travels with the job graph. Beam's own counters do not serve: a runner for batches publishes
 * them at the end of a bundle, which may be the end of the run.
 */
public interface WorkerReports extends Serializable {

  /**
   * Begins to tell, when the worker has its first element, and again when it was idle meanwhile.
   *
   * @param run what there is to tell, and the switch that stops the run on this worker
   */
  Report begin(RunMonitor run);

  /** What is under way. The worker closes it when nothing is open any more; it tells the end. */
  interface Report extends AutoCloseable {
    @Override
    void close();
  }

  /** Tells nothing. */
  static WorkerReports none() {
    return run -> () -> {};
  }
}
