package dev.rlmbeam.transforms.rlm.trajectory;

import dev.rlmbeam.sandbox.repl.Variable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One code block that was run. Immutable.
 *
 * @param stderr with the traceback, if the code raised
 * @param contextPreview how the context begins, or a few words about it
 * @param variables what the code has made
 * @param calls the sub-calls that ended while it ran
 * @param finalAnswer the task's answer, if this block gave it
 */
public record BlockRecord(
    String code,
    String stdout,
    String stderr,
    String contextPreview,
    List<Variable> variables,
    Duration elapsed,
    List<SubCallRecord> calls,
    Optional<String> finalAnswer) {
  public BlockRecord {
    stdout = TrajectoryText.capped(stdout);
    stderr = TrajectoryText.capped(stderr);
    variables = List.copyOf(variables);
    calls = List.copyOf(calls);
  }
}
