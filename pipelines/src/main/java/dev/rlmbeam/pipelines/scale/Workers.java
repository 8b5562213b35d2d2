package dev.rlmbeam.pipelines.scale;

/**
 * The processes that work on elements. Immutable.
 *
 * @param count how many; task managers on Flink
 * @param cores of each one's machine, or of the one machine that they share
 * @param sharedCores whether all of them are on one machine
 * @param maxInFlight elements that each has under way at a time
 * @param maxConnections calls that each has with the models at a time
 */
record Workers(int count, double cores, boolean sharedCores, int maxInFlight, int maxConnections) {

  /** Cores of all machines together. */
  double allCores() {
    return sharedCores ? cores : count * cores;
  }

  /** The same, with fewer processes; what they share becomes less in the same measure. */
  Workers fewer(int newCount) {
    double newCores = sharedCores ? cores * newCount / count : cores;
    return new Workers(newCount, newCores, sharedCores, maxInFlight, maxConnections);
  }
}
