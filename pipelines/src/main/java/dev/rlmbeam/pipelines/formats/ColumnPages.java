package dev.rlmbeam.pipelines.formats;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/**
 * The pages of a column of a row group, read one after another as they are asked for. One thread at
 * a time; closed by who opened it.
 */
final class ColumnPages implements PageReader, AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final SeekableByteChannel channel;
  private final ParquetFooter.Chunk chunk;
  private final InputStream in;
  private final PageCodec codec;
  private final Statistics<?> noStatistics;
  private final long values;
  private @Nullable PageHeader ahead;
  private long valuesRead;

  private ColumnPages(SeekableByteChannel channel, ParquetFooter.Chunk chunk) throws IOException {
    this.channel = channel;
    this.chunk = chunk;
    this.codec = PageCodec.of(chunk.data().getCodec());
    this.values = chunk.data().getNum_values();
    this.noStatistics = Statistics.getBuilderForReading(chunk.column().getPrimitiveType()).build();
    channel.position(chunk.begin());
    long length = chunk.end() - chunk.begin();
    this.in =
        new BufferedInputStream(
            new PartStream(Channels.newInputStream(channel), length), BUFFER_BYTES);
  }

  static ColumnPages open(ParquetRecords.Opener opener, ParquetFooter.Chunk chunk)
      throws IOException {
    SeekableByteChannel channel = opener.open();
    try {
      return new ColumnPages(channel, chunk);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public long getTotalValueCount() {
    return values;
  }

  @Override
  public @Nullable DictionaryPage readDictionaryPage() {
    try {
      PageHeader header = header();
      DictionaryPageHeader dictionary = header.getDictionary_page_header();
      if (dictionary == null) {
        ahead = header;
        return null;
      }
      byte[] bytes = codec.decompress(body(header), 0, header.getUncompressed_page_size());
      return new DictionaryPage(
          BytesInput.from(bytes), dictionary.getNum_values(), encoding(dictionary.getEncoding()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public @Nullable DataPage readPage() {
    try {
      while (valuesRead < values) {
        PageHeader header = header();
        byte[] body = body(header);
        if (header.getType() == PageType.DATA_PAGE) {
          return counted(version1(header, body));
        }
        if (header.getType() == PageType.DATA_PAGE_V2) {
          return counted(version2(header, body));
        }
      }
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private DataPage counted(DataPage page) {
    valuesRead += page.getValueCount();
    return page;
  }

  private DataPage version1(PageHeader header, byte[] body) throws IOException {
    DataPageHeader page = header.getData_page_header();
    byte[] bytes = codec.decompress(body, 0, header.getUncompressed_page_size());
    return new DataPageV1(
        BytesInput.from(bytes),
        page.getNum_values(),
        bytes.length,
        noStatistics,
        encoding(page.getRepetition_level_encoding()),
        encoding(page.getDefinition_level_encoding()),
        encoding(page.getEncoding()));
  }

  private DataPage version2(PageHeader header, byte[] body) throws IOException {
    DataPageHeaderV2 page = header.getData_page_header_v2();
    int repetition = page.getRepetition_levels_byte_length();
    int definition = page.getDefinition_levels_byte_length();
    int levels = repetition + definition;
    if (repetition < 0 || definition < 0 || levels < 0 || levels > body.length) {
      throw new BrokenFileException("a page of " + name() + " is damaged: its parts do not fit");
    }
    byte[] bytes =
        page.isIs_compressed()
            ? codec.decompress(body, levels, header.getUncompressed_page_size() - levels)
            : Arrays.copyOfRange(body, levels, body.length);
    return DataPageV2.uncompressed(
        page.getNum_rows(),
        page.getNum_nulls(),
        page.getNum_values(),
        BytesInput.from(body, 0, repetition),
        BytesInput.from(body, repetition, definition),
        encoding(page.getEncoding()),
        BytesInput.from(bytes),
        noStatistics);
  }

  private PageHeader header() throws IOException {
    PageHeader header = ahead;
    ahead = null;
    if (header != null) {
      return header;
    }
    try {
      return Util.readPageHeader(in);
    } catch (IOException e) {
      throw BrokenFileException.ofThrift("a page of " + name(), e);
    }
  }

  /** A page as it stands in the file, which may not be larger than what can be in memory. */
  private byte[] body(PageHeader header) throws IOException {
    int compressed = header.getCompressed_page_size();
    int uncompressed = header.getUncompressed_page_size();
    if (compressed < 0 || uncompressed < 0) {
      throw new BrokenFileException("a page of " + name() + " is damaged: it has no length");
    }
    long most = Runtime.getRuntime().maxMemory() / 4;
    if (Math.max(compressed, uncompressed) > most) {
      throw new BrokenFileException(
          "a page of "
              + name()
              + " has "
              + Math.max(compressed, uncompressed)
              + " bytes, and a page must be in memory at once; write it with smaller pages, or"
              + " give the JVM four times as much (RLM_JAVA_OPTS=-Xmx…)");
    }
    byte[] body = in.readNBytes(compressed);
    if (body.length < compressed) {
      throw new BrokenFileException("it ends in the middle of a page of " + name());
    }
    if (header.isSetCrc()) {
      CRC32 checksum = new CRC32();
      checksum.update(body);
      if ((int) checksum.getValue() != header.getCrc()) {
        throw new BrokenFileException(
            "a page of " + name() + " is damaged: it has another checksum");
      }
    }
    return body;
  }

  private String name() {
    return "the column '" + String.join(".", chunk.column().getPath()) + "'";
  }

  private static Encoding encoding(org.apache.parquet.format.Encoding encoding) {
    return Encoding.valueOf(encoding.name());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
