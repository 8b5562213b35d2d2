package dev.rlmbeam.pipelines.formats;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * The records of a Parquet file. Of each column that is wanted a page is in memory, not the row
 * group, which in files of long texts may well be the whole file; other columns are not read.
 */
public final class ParquetRecords implements Records {

  /** Opens the file: once for what it says of itself, and once for each column that is read. */
  public interface Opener {
    /** At its start. Whoever calls closes it. */
    SeekableByteChannel open() throws IOException;
  }

  // What the library does before the first row grows with more than the cube of it: 33 seconds for
  // a hundred levels.
  private static final int MAX_DEPTH = 40;

  private final Opener opener;
  private final ParquetFooter footer;
  private final RecordBudget budget;
  private final ParquetMaterializer materializer;
  private final MessageColumnIO columns;
  private @Nullable RowGroup group;
  private @Nullable RecordReader<ObjectNode> reader;
  private int groupsRead;
  private long leftInGroup;
  private @Nullable ObjectNode record;

  private ParquetRecords(Opener opener, Set<String> fields, int maxRecordBytes) throws IOException {
    this.opener = opener;
    this.footer = ParquetFooter.read(opener);
    this.budget = new RecordBudget(maxRecordBytes);
    MessageType schema = footer.schema();
    List<Type> wanted =
        schema.getFields().stream().filter(field -> fields.contains(field.getName())).toList();
    List<String> names = schema.getFields().stream().map(Type::getName).toList();
    MessageType projection = new MessageType(schema.getName(), wanted);
    requireShallow(projection);
    this.materializer = new ParquetMaterializer(projection, names, budget);
    this.columns = new ColumnIOFactory(footer.createdBy()).getColumnIO(projection, schema);
  }

  private static void requireShallow(MessageType projection) throws BrokenFileException {
    for (String[] path : projection.getPaths()) {
      if (path.length > MAX_DEPTH) {
        throw new BrokenFileException(
            "its field '" + path[0] + "' is nested deeper than " + MAX_DEPTH + " levels");
      }
    }
  }

  /**
   * Opens a file.
   *
   * @param fields whose values are wanted
   * @param maxRecordBytes how large they may be together
   */
  public static ParquetRecords open(Opener opener, Set<String> fields, int maxRecordBytes)
      throws IOException {
    try {
      return new ParquetRecords(opener, fields, maxRecordBytes);
    } catch (RuntimeException e) {
      throw BrokenFileException.of("its footer", e);
    }
  }

  @Override
  public boolean next() throws IOException {
    try {
      while (leftInGroup == 0) {
        if (groupsRead == footer.groups()) {
          return false;
        }
        openGroup();
      }
      budget.begin();
      record = reader == null ? null : reader.read();
      leftInGroup--;
      return true;
    } catch (RuntimeException e) {
      // The library says in many ways that bytes are no page.
      throw BrokenFileException.of("row group " + groupsRead, e);
    } catch (OutOfMemoryError e) {
      // It makes arrays as long as a page without a checksum says; nothing was taken for this one.
      throw new BrokenFileException(
          "row group " + groupsRead + " is damaged, or too large for the memory of this JVM", e);
    }
  }

  private void openGroup() throws IOException {
    close();
    long rows = footer.rows(groupsRead);
    RowGroup opened = new RowGroup(groupsRead, rows);
    groupsRead++;
    if (rows == 0) {
      return; // some writers leave such, in which there may not be a page
    }
    group = opened;
    leftInGroup = rows;
    reader = columns.getRecordReader(opened, materializer, FilterCompat.NOOP);
  }

  @Override
  public ObjectNode fields() throws UnusableRecordException {
    budget.check();
    if (record == null) {
      throw new IllegalStateException("call next() first");
    }
    return record;
  }

  @Override
  public void close() throws IOException {
    if (group != null) {
      RowGroup read = group;
      group = null;
      read.closeColumns();
    }
  }

  /** The wanted columns of one row group. */
  private final class RowGroup implements PageReadStore {
    private final int number;
    private final long rows;
    private final List<ColumnPages> open = new ArrayList<>();

    RowGroup(int number, long rows) {
      this.number = number;
      this.rows = rows;
    }

    @Override
    public PageReader getPageReader(ColumnDescriptor column) {
      try {
        ColumnPages pages = ColumnPages.open(opener, footer.chunk(number, column));
        open.add(pages);
        return pages;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public long getRowCount() {
      return rows;
    }

    void closeColumns() throws IOException {
      IOException failed = null;
      for (ColumnPages pages : open) {
        try {
          pages.close();
        } catch (IOException e) {
          if (failed == null) {
            failed = e;
          } else {
            failed.addSuppressed(e);
          }
        }
      }
      if (failed != null) {
        throw failed;
      }
    }
  }
}
