package dev.rlmbeam.pipelines.formats;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.Util;

/** Parquet files that say of themselves what no library of Java would let them say. */
final class ParquetFooterFile {
  private static final int TAIL_BYTES = 8;

  private ParquetFooterFile() {}

  /** Changes the footer of a file; its pages stay. */
  static void change(Path path, Consumer<FileMetaData> change) throws IOException {
    byte[] file = Files.readAllBytes(path);
    int end = file.length - TAIL_BYTES;
    int length = ByteBuffer.wrap(file, end, 4).order(ByteOrder.LITTLE_ENDIAN).getInt();
    byte[] footer = Arrays.copyOfRange(file, end - length, end);
    FileMetaData data = Util.readFileMetaData(new ByteArrayInputStream(footer));
    change.accept(data);
    ByteArrayOutputStream changed = new ByteArrayOutputStream();
    Util.writeFileMetaData(data, changed);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(file, 0, end - length);
    all.writeBytes(changed.toByteArray());
    all.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(changed.size()).array());
    all.write(file, end + 4, 4);
    Files.write(path, all.toByteArray());
  }
}
