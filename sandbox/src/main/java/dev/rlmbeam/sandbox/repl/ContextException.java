package dev.rlmbeam.sandbox.repl;

/**
 * A context cannot be had or is not what it claims to be: not readable, not UTF-8, not JSON, too
 * large. The element's own fault.
 */
public final class ContextException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String place;

  public ContextException(String place, String message) {
    super(message);
    this.place = place;
  }

  public ContextException(String place, String message, Throwable cause) {
    super(message, cause);
    this.place = place;
  }

  /** Where the context came from: a path, a URI or "inline". */
  public String place() {
    return place;
  }
}
