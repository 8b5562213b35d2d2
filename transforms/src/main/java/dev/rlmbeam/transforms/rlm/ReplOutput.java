package dev.rlmbeam.transforms.rlm;

import dev.rlmbeam.sandbox.repl.ExecutionResult;
import dev.rlmbeam.sandbox.repl.ExecutionResult.PythonError;
import dev.rlmbeam.sandbox.repl.Variable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The message in which the root model sees what its code did.
 *
 * <p>The form is the reference's. Unlike there, a long output never hides what comes after it: the
 * 20,000 characters are for stdout and stderr, and the traceback, what happened to the REPL and the
 * variables' names always follow. Stderr alone is no error: warnings are shown as they are.
 */
final class ReplOutput {
  /** Code points of stdout and stderr that are shown of one block. */
  static final int SHOWN_CHARS = 20_000;

  private static final int STDERR_RESERVE = 4_000;
  private static final int TRACEBACK_HEAD = 2_000;
  private static final int TRACEBACK_TAIL = 4_000;
  private static final int NAMES_SHOWN = 100;

  private ReplOutput() {}

  /** One message for all blocks that a response's code was run in. */
  static String message(List<String> blocks, List<String> notes) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      String header = blocks.size() == 1 ? "REPL output:" : "REPL output (block " + (i + 1) + "):";
      parts.add(header + "\n" + blocks.get(i));
    }
    parts.addAll(notes);
    return String.join("\n\n", parts);
  }

  /**
   * One block.
   *
   * @param timeout that the block had
   * @param madeAgain names that the setup code makes again in a restarted REPL
   */
  static String block(ExecutionResult result, Duration timeout, Set<String> madeAgain) {
    List<String> parts = new ArrayList<>();
    int forStderr = (int) Math.min(STDERR_RESERVE, CodePoints.count(result.stderr()));
    int forStdout = SHOWN_CHARS - forStderr;
    long stdoutShown = Math.min(forStdout, CodePoints.count(result.stdout()));
    if (!result.stdout().isEmpty()) {
      parts.add("\n" + CodePoints.cut(result.stdout(), result.stdoutChars(), forStdout));
    }
    if (!result.stderr().isEmpty()) {
      int rest = (int) (SHOWN_CHARS - stdoutShown);
      parts.add("\n" + CodePoints.cut(result.stderr(), result.stderrChars(), rest));
    }
    result.error().map(ReplOutput::traceback).ifPresent(text -> parts.add("\n" + text));
    parts.addAll(whatHappened(result, timeout));
    List<String> lost = result.lost().stream().filter(name -> !madeAgain.contains(name)).toList();
    if (!lost.isEmpty()) {
      parts.add("These variables are lost: " + names(lost) + ".");
    }
    String names = variableNames(result.variables());
    if (!names.isEmpty()) {
      parts.add("REPL variables: [" + names + "]\n");
    }
    return parts.isEmpty() ? "No output" : String.join("\n\n", parts);
  }

  /** The traceback, its middle left out if it is very long. */
  static String traceback(PythonError error) {
    String text = error.traceback().stripTrailing();
    if (text.isEmpty()) {
      text = error.type() + ": " + error.message();
    }
    long length = CodePoints.count(text);
    if (length <= TRACEBACK_HEAD + TRACEBACK_TAIL) {
      return text;
    }
    return CodePoints.head(text, TRACEBACK_HEAD)
        + "\n... + ["
        + (length - TRACEBACK_HEAD - TRACEBACK_TAIL)
        + " chars...]\n"
        + CodePoints.tail(text, TRACEBACK_TAIL);
  }

  /** How a block ended that did not just run through, in sentences for the model. */
  static List<String> whatHappened(ExecutionResult result, Duration timeout) {
    List<String> notes = new ArrayList<>();
    String ending = ending(result, timeout);
    if (!ending.isEmpty()) {
      notes.add(ending);
    }
    // The agent says of a restart why it happened; what is known without it, too, is not said
    // twice.
    result.note().ifPresent(notes::add);
    if (result.restarted() && result.note().isEmpty()) {
      notes.add(
          "The REPL was restarted. The context, the query functions and an empty `answer` are there"
              + " again; what earlier blocks had made is lost.");
    }
    return notes;
  }

  private static String ending(ExecutionResult result, Duration timeout) {
    String limit = seconds(timeout);
    return switch (result.outcome()) {
      case OK, ERROR -> "";
      case INTERRUPTED ->
          "The block was stopped because it ran longer than "
              + limit
              + ". The variables it had set are kept.";
      case KILLED ->
          "The block ran longer than " + limit + " and had to be killed with its Python process.";
      case EXITED ->
          "The Python process ended" + result.exit().map(how -> ": " + how).orElse("") + ".";
      case MEMORY -> "The Python process was killed because it used more memory than it may.";
    };
  }

  static String seconds(Duration time) {
    long millis = time.toMillis();
    return millis % 1000 == 0 || millis > 10_000 ? millis / 1000 + " s" : millis + " ms";
  }

  /** All but modules: a function is worth knowing of, an import is not. */
  private static String variableNames(List<Variable> variables) {
    return names(
        variables.stream()
            .filter(v -> !v.type().equals("module") && !v.name().startsWith("_"))
            .map(Variable::name)
            .toList());
  }

  private static String names(List<String> names) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(names.size(), NAMES_SHOWN); i++) {
      text.append(i == 0 ? "'" : ", '").append(CodePoints.head(names.get(i), 80)).append('\'');
    }
    if (names.size() > NAMES_SHOWN) {
      text.append(", and ").append(names.size() - NAMES_SHOWN).append(" more");
    }
    return text.toString();
  }
}
