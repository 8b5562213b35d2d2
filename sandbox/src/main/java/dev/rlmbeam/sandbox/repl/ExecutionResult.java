package dev.rlmbeam.sandbox.repl;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a code block ended. Immutable. The fields are those of the {@code executed} event in {@code
 * docs/agent-protocol.md}.
 *
 * @param stdout head of what was written, at most {@code outputBytes} of it
 * @param stdoutChars code points written in all
 * @param error the exception, if the code raised one
 * @param exit how the session's process ended, if it did
 * @param restarted the session is a new process and {@code lost} names the variables that are gone
 * @param answer {@code answer} as it stood at the end of the block
 * @param note a sentence for the model, if there is something to say
 */
public record ExecutionResult(
    Outcome outcome,
    String stdout,
    String stderr,
    long stdoutChars,
    long stderrChars,
    Optional<PythonError> error,
    Optional<String> exit,
    boolean restarted,
    List<String> lost,
    Optional<Answer> answer,
    List<Variable> variables,
    Duration elapsed,
    Optional<String> note) {

  /** How a block can end. */
  public enum Outcome {
    OK,
    /** The code raised. */
    ERROR,
    /** Overdue, stopped by the interrupt; state kept. */
    INTERRUPTED,
    /** Overdue, killed with its whole process tree; state lost. */
    KILLED,
    /** The process ended by itself or by a signal; state lost. */
    EXITED,
    /** Killed for its memory; state lost. */
    MEMORY
  }

  /** A Python exception: name of its type, message, traceback from the block's own code on. */
  public record PythonError(String type, String message, String traceback) {}

  /** {@code answer["ready"]} and {@code str(answer["content"])}. */
  public record Answer(boolean ready, String content) {}

  public ExecutionResult {
    lost = List.copyOf(lost);
    variables = List.copyOf(variables);
  }
}
