package dev.rlmbeam.transforms.rlm.trajectory;

/**
 * What stands in a trajectory's first line besides the run's own facts. Immutable.
 *
 * @param backend what kind of model service, such as {@code openai} or {@code offline}
 * @param environment what kind of sandbox, such as {@code local} or {@code modal}
 */
public record TrajectoryLabels(String backend, String environment) {}
