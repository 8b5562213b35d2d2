package dev.rlmbeam.pipelines.formats;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** All records of a file: the JSON of each, or what is wrong with it, and how the file ended. */
record ReadRecords(List<String> records, String end) {
  static final int MAX_BYTES = 1 << 20;

  static ReadRecords ofAvro(byte[] file, int maxBytes, String... fields) {
    return of(() -> AvroRecords.open(new ByteArrayInputStream(file), Set.of(fields), maxBytes));
  }

  static ReadRecords ofParquet(Path file, int maxBytes, String... fields) {
    return of(
        () -> ParquetRecords.open(() -> Files.newByteChannel(file), Set.of(fields), maxBytes));
  }

  private interface Opener {
    Records open() throws IOException;
  }

  private static ReadRecords of(Opener opener) {
    List<String> records = new ArrayList<>();
    try (Records read = opener.open()) {
      while (read.next()) {
        try {
          records.add(read.fields().toString());
        } catch (UnusableRecordException e) {
          records.add(e.getMessage());
        }
      }
      return new ReadRecords(records, "");
    } catch (IOException e) {
      return new ReadRecords(records, String.valueOf(e.getMessage()));
    }
  }
}
