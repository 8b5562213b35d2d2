package dev.rlmbeam.pipelines.formats;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Avro's binary encoding, read from a stream. No length that it says is believed: memory is taken
 * only for bytes that are there. One thread at a time; does not close the stream.
 */
final class AvroInput {
  private static final int MAX_VARINT_BYTES = 10;

  private final InputStream in;
  private long position;

  AvroInput(InputStream in) {
    this.in = in;
  }

  /** How many bytes were read. */
  long position() {
    return position;
  }

  /** Whether nothing is left. The byte that was looked at is given. */
  int readOrEnd() throws IOException {
    int next = in.read();
    position += next < 0 ? 0 : 1;
    return next;
  }

  int readByte() throws IOException {
    int next = readOrEnd();
    if (next < 0) {
      throw ended();
    }
    return next;
  }

  long readLong() throws IOException {
    return readLong(readByte());
  }

  /** A number whose first byte was read before. */
  long readLong(int first) throws IOException {
    long value = first & 0x7F;
    int next = first;
    for (int i = 1; (next & 0x80) != 0; i++) {
      if (i == MAX_VARINT_BYTES) {
        throw new BrokenFileException("there is a number of more than 64 bits in it");
      }
      next = readByte();
      value |= (next & 0x7FL) << (7 * i);
    }
    return (value >>> 1) ^ -(value & 1);
  }

  /** A number that cannot be negative, or larger than a limit. */
  int readCount(String what, int limit) throws IOException {
    long value = readLong();
    if (value < 0 || value > limit) {
      throw new BrokenFileException("there is " + what + " of " + value + " in it");
    }
    return (int) value;
  }

  /** A length of bytes. */
  long readLength() throws IOException {
    long length = readLong();
    if (length < 0) {
      throw new BrokenFileException("there is a length of " + length + " in it");
    }
    return length;
  }

  float readFloat() throws IOException {
    return Float.intBitsToFloat((int) littleEndian(Float.BYTES));
  }

  double readDouble() throws IOException {
    return Double.longBitsToDouble(littleEndian(Double.BYTES));
  }

  private long littleEndian(int bytes) throws IOException {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) readByte() << (8 * i);
    }
    return value;
  }

  byte[] readBytes(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    position += bytes.length;
    if (bytes.length < length) {
      throw ended();
    }
    return bytes;
  }

  void skip(long length) throws IOException {
    try {
      in.skipNBytes(length);
    } catch (EOFException e) {
      throw ended();
    }
    position += length;
  }

  private static EOFException ended() {
    return new EOFException("it ends in the middle of a row");
  }
}
