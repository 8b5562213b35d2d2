package dev.rlmbeam.sandbox.repl;

import java.io.EOFException;
import java.io.IOException;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/** The lines of a stream of events. One thread at a time. */
final class EventLines {
  /** An agent takes queries of 32 MiB, whose JSON may take three times as much. */
  private static final long MAX_LINE_BYTES = 128L * 1024 * 1024;

  /** Enough to tell whom a line concerns. */
  private static final long HEAD_BYTES = 64L * 1024;

  private final BufferedSource source;
  private final long maxLineBytes;

  EventLines(BufferedSource source) {
    this(source, HeapShare.part(MAX_LINE_BYTES));
  }

  EventLines(BufferedSource source, long maxLineBytes) {
    this.source = source;
    this.maxLineBytes = maxLineBytes;
  }

  /**
   * The next line; of one that is too long only the head, which is no JSON. Null at the end.
   *
   * @throws EOFException when the stream ends within a line
   */
  byte @Nullable [] next() throws IOException {
    long end = source.indexOf((byte) '\n', 0, maxLineBytes);
    if (end >= 0) {
      byte[] line = source.readByteArray(end);
      source.skip(1);
      return line;
    }
    if (source.getBuffer().size() < maxLineBytes) {
      if (source.exhausted()) {
        return null;
      }
      throw new EOFException("the stream was cut off within an event");
    }
    byte[] head = source.readByteArray(Math.min(HEAD_BYTES, maxLineBytes));
    skipLine();
    return head;
  }

  /** Without holding it in memory. */
  private void skipLine() throws IOException {
    while (true) {
      if (source.exhausted()) {
        throw new EOFException("the stream was cut off within an event");
      }
      long held = source.getBuffer().size();
      long end = source.getBuffer().indexOf((byte) '\n');
      source.skip(end < 0 ? held : end + 1);
      if (end >= 0) {
        return;
      }
    }
  }
}
