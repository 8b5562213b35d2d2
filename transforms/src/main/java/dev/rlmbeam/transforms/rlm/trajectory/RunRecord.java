package dev.rlmbeam.transforms.rlm.trajectory;

import java.time.Instant;

/**
 * The beginning of a trajectory: what ran. Immutable. It has no place for keys.
 *
 * @param id of the task
 * @param startedAt when the run began
 * @param rootModel name of the root model
 * @param subModel name of the sub-model
 * @param maxTurns the limit of turns
 * @param maxSubCalls the limit of sub-calls
 */
public record RunRecord(
    String id,
    Instant startedAt,
    String rootModel,
    String subModel,
    int maxTurns,
    int maxSubCalls) {}
