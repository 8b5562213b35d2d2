package dev.rlmbeam.pipelines.formats;

import com.github.luben.zstd.Zstd;
import io.airlift.compress.lz4.Lz4Compressor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.xerial.snappy.Snappy;

/**
 * A Parquet file, written by Parquet's own library; compressed by those that its codecs are from,
 * without the part of Hadoop that would look them up.
 */
public final class ParquetFile implements AutoCloseable {
  static final String TEXTS = "required binary id (STRING); optional binary text (STRING);";

  private final MessageType schema;
  private final ParquetWriter<Group> writer;

  private ParquetFile(MessageType schema, ParquetWriter<Group> writer) {
    this.schema = schema;
    this.writer = writer;
  }

  /**
   * A file of records with these fields.
   *
   * @param version of its pages, 1 or 2
   * @param groupBytes after so many a row group ends
   */
  public static ParquetFile create(
      Path path, String fields, CompressionCodecName codec, int version, long groupBytes)
      throws IOException {
    return create(path, fields, codec, version, groupBytes, true);
  }

  private static ParquetFile create(
      Path path,
      String fields,
      CompressionCodecName codec,
      int version,
      long groupBytes,
      boolean checksums)
      throws IOException {
    MessageType schema = MessageTypeParser.parseMessageType("message m {" + fields + "}");
    OutputFile file = new LocalOutputFile(path);
    return new ParquetFile(
        schema,
        ExampleParquetWriter.builder(file)
            .withConf(new PlainParquetConfiguration())
            .withCodecFactory(new Codecs())
            .withCompressionCodec(codec)
            .withWriterVersion(
                version == 1
                    ? ParquetProperties.WriterVersion.PARQUET_1_0
                    : ParquetProperties.WriterVersion.PARQUET_2_0)
            .withRowGroupSize(groupBytes)
            .withPageWriteChecksumEnabled(checksums)
            .withPageSize(4096)
            .withDictionaryPageSize(4096)
            .withMinRowCountForPageSizeCheck(1)
            .withMaxRowCountForPageSizeCheck(20)
            .withType(schema)
            .build());
  }

  public static ParquetFile create(Path path, String fields) throws IOException {
    return create(path, fields, CompressionCodecName.UNCOMPRESSED, 1, 1 << 20);
  }

  /** A file of eight records in one row group, with {@code id} and {@code text}. */
  static Path small(Path folder, CompressionCodecName codec) throws IOException {
    Path path = folder.resolve("small-" + codec + ".parquet");
    try (ParquetFile file = create(path, TEXTS, codec, 1, 1 << 20)) {
      for (int i = 0; i < 8; i++) {
        file.add(file.record().append("id", "r" + i).append("text", "text " + i));
      }
    }
    return path;
  }

  /** Files with everything that pages may hold, but without checksums, by which damage shows. */
  static List<Path> unchecked(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    for (CompressionCodecName codec :
        List.of(
            CompressionCodecName.UNCOMPRESSED,
            CompressionCodecName.GZIP,
            CompressionCodecName.ZSTD)) {
      for (int version = 1; version <= 2; version++) {
        Path path = folder.resolve("unchecked-" + codec + version + ".parquet");
        files.add(path);
        try (ParquetFile file =
            create(path, TEXTS + "repeated int64 n;", codec, version, 1 << 20, false)) {
          for (int i = 0; i < 40; i++) {
            Group record = file.record().append("id", "r" + i).append("text", "text " + i % 3);
            for (int n = 0; n < i % 4; n++) {
              record.append("n", (long) n);
            }
            file.add(record);
          }
        }
      }
    }
    return files;
  }

  /** An empty record to fill and {@link #add}. */
  public Group record() {
    return new SimpleGroupFactory(schema).newGroup();
  }

  public ParquetFile add(Group record) throws IOException {
    writer.write(record);
    return this;
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }

  private static final class Codecs implements CompressionCodecFactory {
    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName name) {
      UnaryOperator<byte[]> compressor =
          switch (name) {
            case UNCOMPRESSED -> bytes -> bytes;
            case SNAPPY -> Codecs::snappy;
            case GZIP -> Codecs::gzip;
            case ZSTD -> Zstd::compress;
            case LZ4_RAW, LZ4 -> Codecs::lz4;
            default -> throw new IllegalArgumentException(name.name());
          };
      return new BytesInputCompressor() {
        @Override
        public BytesInput compress(BytesInput bytes) throws IOException {
          return BytesInput.from(compressor.apply(bytes.toByteArray()));
        }

        @Override
        public CompressionCodecName getCodecName() {
          return name;
        }

        @Override
        public void release() {}
      };
    }

    private static byte[] snappy(byte[] bytes) {
      try {
        return Snappy.compress(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static byte[] gzip(byte[] bytes) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
        gzip.write(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return out.toByteArray();
    }

    private static byte[] lz4(byte[] bytes) {
      Lz4Compressor lz4 = new Lz4Compressor();
      byte[] out = new byte[lz4.maxCompressedLength(bytes.length)];
      return Arrays.copyOf(out, lz4.compress(bytes, 0, bytes.length, out, 0, out.length));
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName name) {
      throw new IllegalStateException("it is only written");
    }

    @Override
    public void release() {}
  }
}
