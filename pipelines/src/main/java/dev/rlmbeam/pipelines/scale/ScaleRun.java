package dev.rlmbeam.pipelines.scale;

/**
 * A run that is to be foreseen. Immutable.
 *
 * @param elements that are answered
 * @param repeated share of the elements that are begun a second time, after a sandbox was lost
 * @param seed of the dice for the calls' latency
 */
record ScaleRun(
    long elements,
    double repeated,
    Workers workers,
    Calls calls,
    ModelQuota quota,
    CpuCosts cpu,
    SandboxSide sandboxes,
    long seed) {

  /** Times that an element is worked on, over all. */
  long runs() {
    return elements + Math.round(elements * repeated);
  }

  /** Elements that all workers have under way at a time. */
  long slots() {
    return (long) workers.count() * sandboxes.inFlight(workers);
  }

  ScaleRun withElements(long newElements) {
    return new ScaleRun(newElements, repeated, workers, calls, quota, cpu, sandboxes, seed);
  }

  ScaleRun withCpu(CpuCosts newCpu) {
    return new ScaleRun(elements, repeated, workers, calls, quota, newCpu, sandboxes, seed);
  }

  /** A part of it: fewer workers, with their part of the elements and of what all share. */
  ScaleRun part(int newCount) {
    double share = (double) newCount / workers.count();
    return new ScaleRun(
        Math.max(1, Math.round(elements * share)),
        repeated,
        workers.fewer(newCount),
        calls,
        quota.times(share),
        cpu,
        sandboxes.forFewer(newCount, workers.count()),
        seed);
  }
}
