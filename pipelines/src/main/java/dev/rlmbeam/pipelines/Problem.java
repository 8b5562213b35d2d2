package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.report.FailureLines;
import dev.rlmbeam.pipelines.report.Figures;
import java.io.IOException;
import java.util.Optional;

/** Says on the console what went wrong, in one to three lines. */
final class Problem {
  private Problem() {}

  /** The first of a kind among an exception and its causes: runners wrap what they meet. */
  static <E extends Throwable> Optional<E> find(Class<E> type, Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return Optional.of(type.cast(cause));
      }
    }
    return Optional.empty();
  }

  /** The one fault of the machine that the person at the command line can put right. */
  static ExitCode printOutOfMemory(Throwable e, boolean stacktrace, Console console) {
    console
        .err()
        .println(
            "The memory did not suffice ("
                + Figures.bytes(Runtime.getRuntime().maxMemory())
                + ").\nGive more with RLM_JAVA_OPTS=-Xmx8g, fewer elements at a time with"
                + " --maxInFlight,\na lower --inlineContextLimit, or contexts by --contextUriField.");
    find(BatchRun.Broken.class, e).ifPresent(broken -> console.err().println(broken.leavings()));
    if (stacktrace) {
      e.printStackTrace(console.err());
    }
    return ExitCode.INTERNAL;
  }

  static ExitCode print(Throwable e, ExitCode exitCode, boolean stacktrace, Console console) {
    if (exitCode == ExitCode.USAGE) {
      String said = String.valueOf(e.getMessage());
      said.lines().map(FailureLines::printable).forEach(console.err()::println);
    } else {
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      Optional<String> leavings = find(BatchRun.Broken.class, e).map(BatchRun.Broken::leavings);
      // The data's own trouble, such as a full disk, is told apart from a fault of this program.
      console
          .err()
          .println(
              (root instanceof IOException ? "The run cannot go on: " : "Internal error: ")
                  + FailureLines.oneLine(root.toString()));
      if (leavings.isPresent()) {
        console.err().println(leavings.get());
      } else if (!stacktrace) {
        console.err().println("Run it again with --stacktrace to see where.");
      }
    }
    if (stacktrace) {
      e.printStackTrace(console.err());
    }
    return exitCode;
  }
}
