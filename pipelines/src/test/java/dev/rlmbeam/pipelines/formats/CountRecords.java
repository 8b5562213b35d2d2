package dev.rlmbeam.pipelines.formats;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Reads the texts of a file, in a JVM of its own, and says how many characters they have. */
public final class CountRecords {
  private CountRecords() {}

  /** Takes the path of the file. */
  public static void main(String[] arguments) throws IOException, UnusableRecordException {
    Path file = Path.of(arguments[0]);
    long characters = 0;
    try (Records records =
        file.toString().endsWith(".avro")
            ? AvroRecords.open(Files.newInputStream(file), Set.of("text"), 1 << 24)
            : ParquetRecords.open(() -> Files.newByteChannel(file), Set.of("text"), 1 << 24)) {
      while (records.next()) {
        characters += records.fields().path("text").textValue().length();
      }
    }
    System.out.println(characters);
  }
}
