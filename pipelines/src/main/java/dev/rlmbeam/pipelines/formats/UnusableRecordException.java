package dev.rlmbeam.pipelines.formats;

/** One record cannot be used. The message says why and what to do, in a sentence. */
public final class UnusableRecordException extends Exception {
  private static final long serialVersionUID = 1L;

  UnusableRecordException(String message) {
    super(message);
  }
}
