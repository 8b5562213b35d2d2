package dev.rlmbeam.pipelines.io;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * Cuts a stream into rows, of which none is ever held beyond a limit: an overlong row is skipped,
 * not read into memory. Rows end at line breaks; in CSV not at those inside quotes. One thread at a
 * time; does not close the stream.
 */
final class RecordSplitter {
  private static final int CHUNK_BYTES = 64 * 1024;
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final InputStream in;
  private final boolean quotes;
  private final int maxBytes;
  private final byte[] chunk = new byte[CHUNK_BYTES];
  private int position;
  private int filled;
  private byte[] buffer = new byte[1024];
  private int size;
  private long bytes;
  private long line = 1;
  private boolean atStart = true;

  private RecordSplitter(InputStream in, boolean quotes, int maxBytes) {
    this.in = in;
    this.quotes = quotes;
    this.maxBytes = maxBytes;
  }

  /** Rows that are lines. */
  static RecordSplitter ofLines(InputStream in, int maxBytes) {
    return new RecordSplitter(in, false, maxBytes);
  }

  /** Rows of CSV. */
  static RecordSplitter ofCsv(InputStream in, int maxBytes) {
    return new RecordSplitter(in, true, maxBytes);
  }

  /** The next row, or nothing at the end. */
  Optional<RawRecord> next() throws IOException {
    size = 0;
    bytes = 0;
    long begin = line;
    boolean fieldStart = true;
    boolean quoted = false;
    // After a quote inside quotes: a second one means a quote, anything else the end of the
    // quoting.
    boolean maybeEnd = false;
    boolean severalLines = false;
    while (true) {
      int next = read();
      if (next < 0) {
        return bytes == 0
            ? Optional.empty()
            : Optional.of(row(begin, quoted && !maybeEnd, severalLines));
      }
      if (next == '\n') {
        line++;
        if (!quoted || maybeEnd) {
          return Optional.of(row(begin, false, severalLines));
        }
      } else {
        severalLines = line > begin;
      }
      keep(next);
      if (quotes) {
        if (quoted && !maybeEnd) {
          maybeEnd = next == '"';
        } else if (quoted) {
          quoted = next == '"';
          maybeEnd = false;
          fieldStart = next == ',';
        } else {
          quoted = fieldStart && next == '"';
          fieldStart = next == ',';
        }
      }
    }
  }

  private RawRecord row(long begin, boolean unclosedQuote, boolean severalLines) {
    if (size == bytes && size > 0 && buffer[size - 1] == '\r') {
      size--;
      bytes--;
    }
    return new RawRecord(buffer, size, begin, bytes, unclosedQuote, severalLines);
  }

  private void keep(int next) {
    bytes++;
    if (bytes > maxBytes) {
      size = 0;
      return;
    }
    if (size == buffer.length) {
      buffer = Arrays.copyOf(buffer, (int) Math.min((long) size * 2, Integer.MAX_VALUE - 8L));
    }
    buffer[size++] = (byte) next;
  }

  private int read() throws IOException {
    if (atStart) {
      atStart = false;
      filled = in.readNBytes(chunk, 0, BYTE_ORDER_MARK.length);
      // Before any quote is looked for: the mark is no part of the first field.
      position = Arrays.equals(chunk, 0, filled, BYTE_ORDER_MARK, 0, 3) ? filled : 0;
    }
    if (position == filled) {
      filled = in.read(chunk);
      position = 0;
      if (filled <= 0) {
        filled = 0;
        return -1;
      }
    }
    return chunk[position++] & 0xFF;
  }
}
