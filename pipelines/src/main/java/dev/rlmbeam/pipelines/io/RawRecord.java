package dev.rlmbeam.pipelines.io;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * The bytes of one row, without its line break, and where it begins. Not thread-safe; valid until
 * its splitter reads the next one.
 */
final class RawRecord {
  private static final int SCRATCH_CHARS = 8192;

  private final byte[] buffer;
  private final int size;
  private final long line;
  private final long bytes;
  private final boolean unclosedQuote;
  private final boolean severalLines;

  RawRecord(
      byte[] buffer, int size, long line, long bytes, boolean unclosedQuote, boolean severalLines) {
    this.buffer = buffer;
    this.size = size;
    this.line = line;
    this.bytes = bytes;
    this.unclosedQuote = unclosedQuote;
    this.severalLines = severalLines;
  }

  /** The line it begins on, from 1. */
  long line() {
    return line;
  }

  /** Its length in the file, in bytes, also when it was too long to keep. */
  long bytes() {
    return bytes;
  }

  /** False when it was longer than allowed; then its content is not there. */
  boolean isComplete() {
    return size == bytes;
  }

  /** True when a quoted field was still open at the end of the file. */
  boolean hasUnclosedQuote() {
    return unclosedQuote;
  }

  /** True when a quote that was never closed has made other rows a part of this one. */
  boolean hasSwallowedRows() {
    return unclosedQuote && severalLines;
  }

  boolean isBlank() {
    for (int i = 0; i < size; i++) {
      if (buffer[i] != ' ' && buffer[i] != '\t') {
        return false;
      }
    }
    return isComplete();
  }

  /** Where the first byte stands that is no UTF-8, from 0, if there is one. */
  OptionalLong firstInvalidByte() {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(buffer, 0, size);
    CharBuffer scratch = CharBuffer.allocate(SCRATCH_CHARS);
    while (true) {
      CoderResult result = decoder.decode(in, scratch, true);
      if (result.isError()) {
        return OptionalLong.of(in.position());
      }
      if (result.isUnderflow()) {
        return OptionalLong.empty();
      }
      scratch.clear();
    }
  }

  String text() {
    return new String(buffer, 0, size, StandardCharsets.UTF_8);
  }

  /** The content for a parser of bytes; it may not change them. */
  ByteBuffer content() {
    return ByteBuffer.wrap(buffer, 0, size);
  }
}
