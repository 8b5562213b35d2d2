package dev.rlmbeam.pipelines.flink;

/**
 * What a cluster on this machine is to be like. Immutable.
 *
 * @param taskManagers processes that work; 1 or more
 * @param slots subtasks that each of them takes; 1 or more
 * @param restPort of the page and of the REST interface; 0 for any that is free
 * @param heapMib heap of a task manager
 * @param jobManagerHeapMib heap of the job manager
 * @param managedMib memory of a task manager for sorting, outside its heap
 * @param networkMib memory of a task manager for what travels between subtasks; 0 for 64 a slot
 */
public record ClusterSettings(
    int taskManagers,
    int slots,
    int restPort,
    int heapMib,
    int jobManagerHeapMib,
    int managedMib,
    int networkMib) {
  // Below this two shuffles at once of as many subtasks as there are slots do not find buffers.
  private static final int NETWORK_MIB_A_SLOT = 64;
  private static final int LEAST_NETWORK_MIB = 256;

  /** Memory for what travels between subtasks, as it was asked for or as the slots need it. */
  public int networkMibInForce() {
    return networkMib > 0 ? networkMib : Math.max(LEAST_NETWORK_MIB, NETWORK_MIB_A_SLOT * slots);
  }
}
