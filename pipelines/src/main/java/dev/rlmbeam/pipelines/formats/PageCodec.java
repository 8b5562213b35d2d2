package dev.rlmbeam.pipelines.formats;

import io.airlift.compress.Decompressor;
import io.airlift.compress.lz4.Lz4Decompressor;
import io.airlift.compress.snappy.SnappyDecompressor;
import io.airlift.compress.zstd.ZstdDecompressor;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.parquet.format.CompressionCodec;

/** Decompresses pages of one column. The length is what the page says, and nothing else. */
interface PageCodec {

  /** The bytes of a page from a place on, which are so many when decompressed. */
  byte[] decompress(byte[] page, int from, int length) throws IOException;

  /** The codec of a column. */
  static PageCodec of(CompressionCodec codec) throws BrokenFileException {
    return switch (codec) {
      case UNCOMPRESSED -> (page, from, length) -> Arrays.copyOfRange(page, from, page.length);
      case GZIP -> PageCodec::gunzip;
      case SNAPPY -> with(new SnappyDecompressor());
      case ZSTD -> with(new ZstdDecompressor());
      case LZ4_RAW -> with(new Lz4Decompressor());
      default ->
          throw new BrokenFileException(
              "it is compressed with "
                  + codec.name().toLowerCase(Locale.ROOT)
                  + ", which is not supported; write it with snappy, gzip, zstd or lz4_raw");
    };
  }

  private static PageCodec with(Decompressor decompressor) {
    return (page, from, length) -> {
      byte[] bytes = new byte[length];
      int filled =
          page.length == from
              ? 0
              : decompressor.decompress(page, from, page.length - from, bytes, 0, length);
      return whole(bytes, filled);
    };
  }

  private static byte[] gunzip(byte[] page, int from, int length) throws IOException {
    if (page.length == from) {
      return whole(new byte[0], length);
    }
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(page, from, page.length - from))) {
      return whole(in.readNBytes(length), length);
    } catch (EOFException | ZipException e) {
      throw new BrokenFileException("a page is damaged: it cannot be decompressed", e);
    }
  }

  private static byte[] whole(byte[] bytes, int length) throws BrokenFileException {
    if (bytes.length != length) {
      throw new BrokenFileException("a page is damaged: it has another length when decompressed");
    }
    return bytes;
  }
}
