package dev.rlmbeam.pipelines.formats;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;
import org.apache.parquet.schema.MessageType;

/** What a Parquet file says of itself at its end. Immutable. */
final class ParquetFooter {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ENCRYPTED = "PARE".getBytes(StandardCharsets.US_ASCII);
  private static final int TAIL_BYTES = Integer.BYTES + 4;

  private final FileMetaData file;
  private final MessageType schema;
  private final long bytes;

  private ParquetFooter(FileMetaData file, long bytes) throws BrokenFileException {
    this.file = file;
    this.bytes = bytes;
    this.schema = ParquetSchema.of(file.getSchema());
  }

  static ParquetFooter read(ParquetRecords.Opener opener) throws IOException {
    try (SeekableByteChannel channel = opener.open()) {
      long bytes = channel.size();
      if (bytes < MAGIC.length + TAIL_BYTES) {
        throw new BrokenFileException("it is no Parquet file: it has only " + bytes + " bytes");
      }
      ByteBuffer tail = ByteBuffer.wrap(read(channel, bytes - TAIL_BYTES, TAIL_BYTES));
      int length = tail.order(ByteOrder.LITTLE_ENDIAN).getInt();
      byte[] magic = new byte[MAGIC.length];
      tail.get(magic);
      if (Arrays.equals(magic, ENCRYPTED)) {
        throw new BrokenFileException("it is encrypted, which is not supported");
      }
      if (!Arrays.equals(magic, MAGIC)) {
        throw new BrokenFileException(
            "it does not end as a Parquet file ends; it may be cut off, or no such file");
      }
      long begin = bytes - TAIL_BYTES - length;
      if (length < 0 || begin < MAGIC.length) {
        throw new BrokenFileException("its footer is damaged: it has another length");
      }
      channel.position(begin);
      return new ParquetFooter(metadata(channel, length), bytes);
    }
  }

  private static FileMetaData metadata(SeekableByteChannel channel, int length) throws IOException {
    InputStream footer = new PartStream(Channels.newInputStream(channel), length);
    try {
      return Util.readFileMetaData(new BufferedInputStream(footer));
    } catch (IOException e) {
      throw BrokenFileException.ofThrift("its footer", e);
    }
  }

  private static byte[] read(SeekableByteChannel channel, long position, int length)
      throws IOException {
    channel.position(position);
    return Channels.newInputStream(channel).readNBytes(length);
  }

  MessageType schema() {
    return schema;
  }

  /** Who wrote it; some had mistakes that are known. */
  String createdBy() {
    return file.isSetCreated_by() ? file.getCreated_by() : "";
  }

  int groups() {
    return file.getRow_groups().size();
  }

  long rows(int group) throws BrokenFileException {
    RowGroup rows = file.getRow_groups().get(group);
    long said = rows.getNum_rows();
    // A row has a value of each column, or says that it has none. Of columns that nobody asks for
    // no page would ever end such a group.
    long most =
        rows.getColumns().stream()
            .filter(ColumnChunk::isSetMeta_data)
            .mapToLong(chunk -> chunk.getMeta_data().getNum_values())
            .max()
            .orElse(said);
    if (said < 0 || said > most) {
      throw new BrokenFileException(
          "a row group says that it has " + said + " rows, but its columns have fewer");
    }
    return said;
  }

  /** Where a column of a row group is. */
  Chunk chunk(int group, ColumnDescriptor column) throws BrokenFileException {
    RowGroup rows = file.getRow_groups().get(group);
    List<String> path = Arrays.asList(column.getPath());
    for (ColumnChunk chunk : rows.getColumns()) {
      if (chunk.isSetFile_path()) {
        throw new BrokenFileException("its columns are in other files, which is not supported");
      }
      if (chunk.isSetCrypto_metadata()) {
        throw new BrokenFileException("it is encrypted, which is not supported");
      }
      ColumnMetaData data = chunk.getMeta_data();
      if (data != null && data.getPath_in_schema().equals(path)) {
        return new Chunk(begin(data), end(data), data, column);
      }
    }
    throw new BrokenFileException("a row group lacks the column " + String.join(".", path));
  }

  private static long begin(ColumnMetaData data) {
    long dictionary = data.isSetDictionary_page_offset() ? data.getDictionary_page_offset() : 0;
    long first = data.getData_page_offset();
    return dictionary > 0 && dictionary < first ? dictionary : first;
  }

  private long end(ColumnMetaData data) throws BrokenFileException {
    long begin = begin(data);
    long length = data.getTotal_compressed_size();
    if (begin < MAGIC.length || length < 0 || length > bytes - begin) {
      throw new BrokenFileException("a column lies outside of the file");
    }
    return begin + length;
  }

  /**
   * A column of a row group.
   *
   * @param begin of its first page in the file
   * @param end past its last page
   */
  record Chunk(long begin, long end, ColumnMetaData data, ColumnDescriptor column) {}
}
