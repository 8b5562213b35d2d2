package dev.rlmbeam.pipelines.formats;

import org.jspecify.annotations.Nullable;

/**
 * What may become of one record: how large it is up to now, and what is wrong with it. A record
 * that is too large is read to its end all the same, but none of it is kept. One thread at a time.
 */
public final class RecordBudget {
  // As deep as JSON rows may be; Python's parser gives up at about 1,000.
  static final int MAX_DEPTH = 500;

  private final int maxBytes;
  private long bytes;
  private @Nullable String problem;

  RecordBudget(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** What is said of a record, or of a row, that is too large. */
  public static String tooLarge(long bytes, int maxBytes) {
    return "The row has "
        + bytes
        + " bytes, more than --maxLineBytes="
        + maxBytes
        + "; raise that, or name the context by --contextUriField.";
  }

  /** A new record begins. */
  void begin() {
    bytes = 0;
    problem = null;
  }

  /**
   * Takes so many bytes more of the record.
   *
   * @return whether they are to be kept
   */
  boolean take(long more) {
    bytes = more > Long.MAX_VALUE - bytes ? Long.MAX_VALUE : bytes + more;
    return isKept();
  }

  /** Notes what makes the record unusable; of several things the first. */
  void spoil(String why) {
    problem = problem == null ? why : problem;
  }

  /** Whether what is read of the record is of any use. */
  boolean isKept() {
    return problem == null && bytes <= maxBytes;
  }

  /** Throws what there is to say of a record that was not kept. */
  void check() throws UnusableRecordException {
    if (problem != null) {
      throw new UnusableRecordException(problem);
    }
    if (bytes > maxBytes) {
      throw new UnusableRecordException(tooLarge(bytes, maxBytes));
    }
  }
}
