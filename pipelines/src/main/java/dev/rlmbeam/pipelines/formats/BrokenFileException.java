package dev.rlmbeam.pipelines.formats;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A file is not what it says, or damaged. The message says how, without a full stop. */
public final class BrokenFileException extends IOException {
  private static final long serialVersionUID = 1L;

  BrokenFileException(String message) {
    super(message);
  }

  BrokenFileException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * What a library says of a part of a file, in whatever way: that the part is damaged, unless it
   * was this package, or the file system, that could not go on.
   */
  static IOException of(String part, RuntimeException e) {
    Throwable root = e;
    for (Throwable each = e; each != null; each = each.getCause()) {
      if (each instanceof BrokenFileException known) {
        return known;
      }
      if (each instanceof UncheckedIOException && each.getCause() instanceof IOException io) {
        return io;
      }
      root = each;
    }
    String why = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    return new BrokenFileException(part + " is damaged (" + why + ")", e);
  }

  /** The same for Thrift, which has only words for programmers. */
  static IOException ofThrift(String part, IOException e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root != e && root instanceof IOException io
        ? io
        : new BrokenFileException(part + " is damaged", e);
  }
}
