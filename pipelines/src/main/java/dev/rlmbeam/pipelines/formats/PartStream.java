package dev.rlmbeam.pipelines.formats;

import java.io.IOException;
import java.io.InputStream;

/** So many bytes of another stream, which it leaves open. One thread at a time. */
final class PartStream extends InputStream {
  private final InputStream in;
  private final long length;
  private long left;

  PartStream(InputStream in, long length) {
    this.in = in;
    this.length = length;
    this.left = length;
  }

  long length() {
    return length;
  }

  /** How many were not read yet. */
  long left() {
    return left;
  }

  @Override
  public int read() throws IOException {
    int next = left == 0 ? -1 : in.read();
    left -= next < 0 ? 0 : 1;
    return next;
  }

  @Override
  public int read(byte[] bytes, int offset, int most) throws IOException {
    if (most == 0 || left == 0) {
      return most == 0 ? 0 : -1;
    }
    int read = in.read(bytes, offset, (int) Math.min(most, left));
    left -= Math.max(read, 0);
    return read;
  }
}
