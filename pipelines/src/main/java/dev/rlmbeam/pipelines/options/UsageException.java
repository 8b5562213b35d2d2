package dev.rlmbeam.pipelines.options;

/**
 * An option, a configuration or an input that stops a run before anything is paid. The message is
 * for the person at the command line: what, where, what to do, in one to three lines.
 */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UsageException(String message) {
    super(message);
  }

  public UsageException(String message, Throwable cause) {
    super(message, cause);
  }

  /** A value that an option does not take. */
  public static UsageException ofValue(String option, Object value, String allowed) {
    return new UsageException("--" + option + "=" + value + ": must be " + allowed + ".");
  }
}
