package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import dev.rlmbeam.pipelines.formats.AvroFile;
import dev.rlmbeam.pipelines.formats.CountRecords;
import dev.rlmbeam.pipelines.formats.ParquetFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.avro.file.CodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Of a file a part is in memory, however much of it was written as one block or row group. */
@Timeout(120)
final class FormatsHeapTest {
  private static final int ROWS = 100;
  private static final int CHARACTERS = 1 << 20;
  private static final String TEXT = "a line of a long text\n".repeat(CHARACTERS / 22 + 1);

  @TempDir private Path folder;

  @Test
  void aBlockOfAvroMayBeLargerThanTheHeap() throws Exception {
    AvroFile file =
        AvroFile.of(
            "{\"name\":\"text\",\"type\":\"string\"}", CodecFactory.deflateCodec(1), 1 << 27);
    for (int i = 0; i < ROWS; i++) {
      file.add("text", TEXT.substring(0, CHARACTERS));
    }

    assertReadIn(32, Files.write(folder.resolve("a.avro"), file.bytes()));
  }

  @Test
  void aRowGroupOfParquetMayBeLargerThanTheHeap() throws Exception {
    Path path = folder.resolve("a.parquet");
    try (ParquetFile file =
        ParquetFile.create(
            path, "required binary text (STRING);", CompressionCodecName.GZIP, 1, 1L << 40)) {
      for (int i = 0; i < ROWS; i++) {
        // Texts of their own: one dictionary would hold them otherwise.
        file.add(file.record().append("text", i + TEXT.substring(0, CHARACTERS - digits(i))));
      }
    }

    assertReadIn(32, path);
  }

  @Test
  void aPageThatIsTooLargeForTheHeapIsTheFilesFailure() throws Exception {
    Path path = folder.resolve("a.parquet");
    try (ParquetFile file = ParquetFile.create(path, "required binary text (STRING);")) {
      file.add(file.record().append("text", TEXT.repeat(6)));
    }

    assertThat(read(16, path)).isEmpty();
    assertThat(Files.readString(folder.resolve("stderr")))
        .containsMatch(
            "BrokenFileException: a page of the column 'text' has 6\\d{6} bytes, and a page");
  }

  private static int digits(int i) {
    return String.valueOf(i).length();
  }

  private void assertReadIn(int heapMib, Path file) throws Exception {
    assertThat((long) ROWS * CHARACTERS).isGreaterThan((3L * heapMib) << 20);
    String read = read(heapMib, file);
    assertWithMessage(Files.readString(folder.resolve("stderr")))
        .that(read)
        .isEqualTo(String.valueOf((long) ROWS * CHARACTERS));
  }

  private String read(int heapMib, Path file) throws Exception {
    try (ChildJvm child =
        ChildJvm.start(
            folder,
            List.of("-Xmx" + heapMib + "m", "-XX:+UseSerialGC"),
            CountRecords.class,
            List.of(file.toString()))) {
      assertThat(child.process().waitFor(100, TimeUnit.SECONDS)).isTrue();
    }
    return Files.readString(folder.resolve("stdout")).strip();
  }
}
