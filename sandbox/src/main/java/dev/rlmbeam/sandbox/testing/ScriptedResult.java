package dev.rlmbeam.sandbox.testing;

import dev.rlmbeam.sandbox.repl.ExecutionResult;
import dev.rlmbeam.sandbox.repl.ExecutionResult.Answer;
import dev.rlmbeam.sandbox.repl.ExecutionResult.Outcome;
import dev.rlmbeam.sandbox.repl.ExecutionResult.PythonError;
import dev.rlmbeam.sandbox.repl.Variable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Makes the result of a block. One thread at a time; reusable. */
public final class ScriptedResult {
  private Outcome outcome = Outcome.OK;
  private String stdout = "";
  private String stderr = "";
  private long stdoutChars;
  private Optional<PythonError> error = Optional.empty();
  private Optional<String> exit = Optional.empty();
  private boolean restarted;
  private List<String> lost = List.of();
  private Answer answer = new Answer(false, "");
  private List<Variable> variables = List.of();
  private Optional<String> note = Optional.empty();

  private ScriptedResult() {}

  /** A block that prints and ends well. */
  public static ScriptedResult printing(String stdout) {
    ScriptedResult result = new ScriptedResult();
    result.stdout = stdout;
    result.stdoutChars = stdout.codePointCount(0, stdout.length());
    return result;
  }

  /** A block that sets {@code answer} and is ready. */
  public static ScriptedResult answering(String content) {
    return printing("").answer(true, content);
  }

  /** A block that raises. */
  public static ScriptedResult raising(String type, String message) {
    ScriptedResult result = printing("");
    result.outcome = Outcome.ERROR;
    String traceback = "Traceback (most recent call last):\n" + type + ": " + message;
    result.error = Optional.of(new PythonError(type, message, traceback));
    return result;
  }

  /** A block that ended in the given way; its state is kept unless it was lost with the process. */
  public static ScriptedResult ending(Outcome outcome) {
    ScriptedResult result = printing("");
    result.outcome = outcome;
    return result;
  }

  /** How many code points were written in all, more than are kept. */
  public ScriptedResult stdoutChars(long chars) {
    stdoutChars = chars;
    return this;
  }

  /** What was written to stderr. */
  public ScriptedResult stderr(String text) {
    stderr = text;
    return this;
  }

  /** {@code answer} as it stands at the block's end. */
  public ScriptedResult answer(boolean ready, String content) {
    answer = new Answer(ready, content);
    return this;
  }

  /** What the code has made. */
  public ScriptedResult variables(Variable... made) {
    variables = List.of(made);
    return this;
  }

  /** The session is a new process, and these variables are gone. */
  public ScriptedResult restarted(String... names) {
    restarted = true;
    lost = List.of(names);
    return this;
  }

  /** How the process ended. */
  public ScriptedResult exit(String how) {
    exit = Optional.of(how);
    return this;
  }

  /** A sentence for the model. */
  public ScriptedResult note(String sentence) {
    note = Optional.of(sentence);
    return this;
  }

  /** The result. */
  public ExecutionResult build() {
    return new ExecutionResult(
        outcome,
        stdout,
        stderr,
        stdoutChars,
        stderr.codePointCount(0, stderr.length()),
        error,
        exit,
        restarted,
        lost,
        Optional.of(answer),
        variables,
        Duration.ofMillis(1),
        note);
  }
}
