package dev.rlmbeam.pipelines.scale;

/**
 * Where the code of elements runs. Immutable.
 *
 * @param open seconds from the request for a sandbox until it is ready
 * @param sessions at a time in one sandbox
 * @param createsPerSecond requests for sandboxes a second, of each worker
 * @param quota sandboxes at a time of all workers together; 0 for no limit
 */
record SandboxSide(double open, int sessions, double createsPerSecond, int quota) {

  /** Sandboxes of a worker: each has the same part of the quota. */
  int eachWorker(Workers workers) {
    int wanted = (workers.maxInFlight() + sessions - 1) / sessions;
    return quota == 0 ? wanted : Math.min(wanted, quota / workers.count());
  }

  /** Elements that a worker can really have under way. */
  int inFlight(Workers workers) {
    return (int) Math.min(workers.maxInFlight(), (long) eachWorker(workers) * sessions);
  }

  /** When the session of a worker's n-th slot can be had, counted from 0. */
  double readyAt(int slot) {
    int before = slot / sessions; // whole sandboxes, which are asked for first
    return open + before / createsPerSecond;
  }

  SandboxSide forFewer(int newCount, int count) {
    int newQuota = quota == 0 ? 0 : (int) ((long) (quota / count) * newCount);
    return new SandboxSide(open, sessions, createsPerSecond, newQuota);
  }
}
