package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.pipelines.report.FailureLines;
import dev.rlmbeam.pipelines.report.Figures;
import java.util.Optional;

/** Says on the console what went wrong, in one to three lines. */
final class Problem {
  private Problem() {}

  /** The mistake behind an exception that a runner has wrapped, if it is the user's. */
  static Optional<UsageException> usage(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UsageException usage) {
        return Optional.of(usage);
      }
    }
    return Optional.empty();
  }

  /** The one fault of the machine that the person at the command line can put right. */
  static ExitCode printOutOfMemory(OutOfMemoryError e, boolean stacktrace, Console console) {
    console
        .err()
        .println(
            "The memory did not suffice ("
                + Figures.bytes(Runtime.getRuntime().maxMemory())
                + ").\nGive more with RLM_JAVA_OPTS=-Xmx8g, fewer elements at a time with"
                + " --maxInFlight,\na lower --inlineContextLimit, or contexts by --contextUriField.");
    if (stacktrace) {
      e.printStackTrace(console.err());
    }
    return ExitCode.INTERNAL;
  }

  static ExitCode print(Throwable e, ExitCode exitCode, boolean stacktrace, Console console) {
    if (exitCode == ExitCode.USAGE) {
      console.err().println(e.getMessage());
    } else {
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      console.err().println("Internal error: " + FailureLines.oneLine(root.toString()));
      if (!stacktrace) {
        console.err().println("Run it again with --stacktrace to see where.");
      }
    }
    if (stacktrace) {
      e.printStackTrace(console.err());
    }
    return exitCode;
  }
}
