package dev.rlmbeam.transforms;

/**
 * Runs one element to its end, attempts included. Thread-safe: many elements run at once, each on a
 * thread of its own.
 */
interface ElementRunner extends AutoCloseable {

  /**
   * Runs the element. When the thread is interrupted, the element is a failure of class {@code
   * CANCELLED} that tells what was used, and what it had open is closed.
   *
   * @param affinity key of the bundle it came with
   */
  Finished run(InFlight element, String affinity);

  /** Ends what the runner has open. Returns within a few seconds. */
  @Override
  void close();
}
