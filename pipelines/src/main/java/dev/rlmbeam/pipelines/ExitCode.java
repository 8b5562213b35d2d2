package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.report.Outcome;

/** What the command line's exit code says. The numbers are part of the interface. */
public enum ExitCode {
  /** Done. */
  DONE(0),
  /** A fault of this program. */
  INTERNAL(1),
  /** An option, a configuration or an input that stopped the run before anything was paid. */
  USAGE(2),
  /** More failed than {@code --maxErrorRate} allows, or rows are missing for an unreadable file. */
  TOO_MANY_FAILED(3),
  /** A service refused for good. */
  REFUSED(4),
  /** The run's brake was reached. */
  BRAKE_REACHED(5),
  /** Told to stop. */
  INTERRUPTED(130);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  /** The number that the process ends with. */
  public int number() {
    return number;
  }

  static ExitCode of(Outcome outcome) {
    return switch (outcome) {
      case DONE -> DONE;
      case TOO_MANY_FAILED, INPUT_UNREADABLE -> TOO_MANY_FAILED;
      case REFUSED -> REFUSED;
      case BRAKE_REACHED -> BRAKE_REACHED;
      case INTERRUPTED -> INTERRUPTED;
      case NO_TASKS -> USAGE;
    };
  }
}
