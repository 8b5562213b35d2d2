package dev.rlmbeam.pipelines.formats;

import io.airlift.compress.snappy.SnappyDecompressor;
import io.airlift.compress.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;

/**
 * The blocks of an Avro object container file. A block is a stream, not an array, so that a large
 * one, or one that is said to be large, takes no memory. One thread at a time.
 */
final class AvroBlocks implements Closeable {
  private static final byte[] MAGIC = {'O', 'b', 'j', 1};
  private static final int SYNC_BYTES = 16;
  private static final int MAX_ENTRIES = 10_000;
  private static final int MAX_HEADER_BYTES = 64 << 20;
  private static final int BUFFER_BYTES = 1 << 16;

  /** Snappy's blocks are taken whole: as large as a row may be, and what writers put beside it. */
  private static final long SNAPPY_BYTES_BESIDE_A_ROW = 64L << 20;

  private final InputStream in;
  private final AvroInput framing;
  private final long maxSnappyBytes;
  private final Schema schema;
  private final String codec;
  private final byte[] sync;
  private final Inflater inflater = new Inflater(true);
  private PartStream block = new PartStream(InputStream.nullInputStream(), 0);
  private InputStream data = block;

  /** Reads the header. Closes the stream when it cannot be read. */
  AvroBlocks(InputStream stream, int maxRecordBytes) throws IOException {
    in = new BufferedInputStream(stream, BUFFER_BYTES);
    framing = new AvroInput(in);
    maxSnappyBytes = maxRecordBytes + SNAPPY_BYTES_BESIDE_A_ROW;
    try {
      if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
        throw new BrokenFileException("it is no Avro object container file");
      }
      Map<String, byte[]> header = header();
      schema = schema(header);
      codec = text(header.getOrDefault("avro.codec", "null".getBytes(StandardCharsets.UTF_8)));
      sync = framing.readBytes(SYNC_BYTES);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private Map<String, byte[]> header() throws IOException {
    Map<String, byte[]> header = new HashMap<>();
    long end = framing.position() + MAX_HEADER_BYTES;
    for (long count = framing.readLong(); count != 0; count = framing.readLong()) {
      if (count < 0) {
        count = -count;
        framing.readLength();
      }
      if (count < 0 || count + header.size() > MAX_ENTRIES) {
        throw new BrokenFileException("its header has too many entries");
      }
      for (long i = 0; i < count; i++) {
        String key = text(headerBytes(end));
        header.put(key, headerBytes(end));
      }
    }
    return header;
  }

  private byte[] headerBytes(long end) throws IOException {
    long length = framing.readLength();
    if (length > end - framing.position()) {
      throw new BrokenFileException("its header has more than " + MAX_HEADER_BYTES + " bytes");
    }
    return framing.readBytes((int) length);
  }

  private static Schema schema(Map<String, byte[]> header) throws BrokenFileException {
    byte[] json = header.get("avro.schema");
    if (json == null) {
      throw new BrokenFileException("its header has no schema");
    }
    try {
      // Whoever wrote it may name things as they like: nothing is made of the names but JSON.
      return new Schema.Parser().setValidate(false).setValidateDefaults(false).parse(text(json));
    } catch (AvroRuntimeException e) {
      throw new BrokenFileException("its schema cannot be read: " + e.getMessage(), e);
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  Schema schema() {
    return schema;
  }

  /**
   * Goes to the next block.
   *
   * @return how many records are in it; -1 at the end of the file
   */
  long next() throws IOException {
    int first = framing.readOrEnd();
    if (first < 0) {
      return -1;
    }
    long records = framing.readLong(first);
    long bytes = framing.readLength();
    if (records < 0) {
      throw new BrokenFileException("there is a block of " + records + " rows in it");
    }
    block = new PartStream(in, bytes);
    data = decompressed();
    return records;
  }

  /** The encoded records of the block. */
  InputStream data() {
    return data;
  }

  /** Checks that the block ends where its records end. */
  void end() throws IOException {
    if (data.read() >= 0) {
      throw new BrokenFileException("a block has more bytes than rows");
    }
    block.skipNBytes(block.left());
    if (!Arrays.equals(in.readNBytes(SYNC_BYTES), sync)) {
      throw new BrokenFileException("a block does not end with the file's sync marker");
    }
  }

  private InputStream decompressed() throws IOException {
    return switch (codec) {
      case "null" -> block;
      case "deflate" -> {
        inflater.reset();
        yield new InflaterInputStream(block, inflater, BUFFER_BYTES);
      }
      case "snappy" -> new ByteArrayInputStream(snappy());
      case "zstandard" -> new BufferedInputStream(new ZstdInputStream(block), BUFFER_BYTES);
      case "bzip2" ->
          new BufferedInputStream(new BZip2CompressorInputStream(block, true), BUFFER_BYTES);
      default ->
          throw new BrokenFileException(
              "it is compressed with "
                  + codec
                  + ", which is not supported; write it with deflate, snappy, zstandard or bzip2");
    };
  }

  private byte[] snappy() throws IOException {
    int length = snappyBytes(block.left());
    byte[] compressed = block.readNBytes(length);
    int end = length - Integer.BYTES;
    if (end < 0 || compressed.length < length) {
      throw new BrokenFileException("it ends in the middle of a block");
    }
    byte[] records = new byte[snappyBytes(SnappyDecompressor.getUncompressedLength(compressed, 0))];
    int filled =
        new SnappyDecompressor().decompress(compressed, 0, end, records, 0, records.length);
    CRC32 checksum = new CRC32();
    checksum.update(records, 0, filled);
    if ((int) checksum.getValue() != ByteBuffer.wrap(compressed).getInt(end)) {
      throw new BrokenFileException("a block is damaged: it has another checksum");
    }
    return records;
  }

  private int snappyBytes(long bytes) throws BrokenFileException {
    if (bytes > maxSnappyBytes || bytes > Integer.MAX_VALUE - 64) {
      throw new BrokenFileException(
          "a block has "
              + bytes
              + " bytes, which with snappy must be in memory at once; raise --maxLineBytes, or"
              + " write smaller blocks, or with deflate");
    }
    return (int) bytes;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
