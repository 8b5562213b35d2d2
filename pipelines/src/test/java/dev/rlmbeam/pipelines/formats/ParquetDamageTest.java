package dev.rlmbeam.pipelines.formats;

import static com.google.common.truth.Truth.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is wrong with a file, it is that file's failure and is said in words. */
@Timeout(120)
final class ParquetDamageTest {
  private static final int FLIPS = 1000;

  @TempDir private Path folder;

  @Test
  void aFileThatIsCutOffAnywhereIsNotRead() throws IOException {
    byte[] whole = Files.readAllBytes(ParquetFile.small(folder, CompressionCodecName.SNAPPY));
    Path cut = folder.resolve("cut.parquet");
    for (int length = 0; length < whole.length; length++) {
      Files.write(cut, Arrays.copyOf(whole, length));

      ReadRecords read = ReadRecords.ofParquet(cut, ReadRecords.MAX_BYTES, "id", "text");

      assertThat(read.records()).isEmpty();
      assertThat(read.end()).isNotEmpty();
    }
  }

  @Test
  void damageIsNeverMoreThanTheFilesFailure() throws IOException {
    Random random = new Random(7);
    Path damaged = folder.resolve("damaged.parquet");
    for (Path file : ParquetFile.unchecked(folder)) {
      byte[] whole = Files.readAllBytes(file);
      for (int i = 0; i < FLIPS; i++) {
        byte[] bytes = whole.clone();
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        Files.write(damaged, bytes);

        ReadRecords read = ReadRecords.ofParquet(damaged, ReadRecords.MAX_BYTES, "id", "text", "n");

        assertThat(read.records().size()).isAtMost(1000);
      }
    }
  }

  @Test
  void countsThatNoMemoryIsLargeEnoughForAreTheFilesFailureToo() throws IOException {
    Path file = ParquetFile.unchecked(folder).get(0);
    byte[] whole = Files.readAllBytes(file);
    // A length of levels, and in them a run of 2^27 groups of eight.
    byte[] run = {10, 0, 0, 0, -1, -1, -1, 127};
    Set<String> ends = new TreeSet<>();
    for (int i = 0; i + run.length < whole.length / 2; i++) {
      byte[] bytes = whole.clone();
      System.arraycopy(run, 0, bytes, i, run.length);
      Files.write(file, bytes);
      ends.add(ReadRecords.ofParquet(file, ReadRecords.MAX_BYTES, "id", "text", "n").end());
    }

    assertThat(ends).contains("row group 1 is damaged, or too large for the memory of this JVM");
  }

  @Test
  void rowGroupsWithoutARowAreNoDamage() throws IOException {
    Path path = ParquetFile.small(folder, CompressionCodecName.SNAPPY);
    int records = ReadRecords.ofParquet(path, ReadRecords.MAX_BYTES, "id", "text").records().size();
    ParquetFooterFile.change(
        path,
        file -> {
          RowGroup empty = file.getRow_groups().get(0).deepCopy();
          empty.setNum_rows(0);
          for (ColumnChunk column : empty.getColumns()) {
            column.getMeta_data().setNum_values(0);
            column.getMeta_data().setTotal_compressed_size(0);
          }
          file.getRow_groups().add(0, empty);
          file.getRow_groups().add(empty);
        });

    ReadRecords read = ReadRecords.ofParquet(path, ReadRecords.MAX_BYTES, "id", "text");

    assertThat(read.end()).isEmpty();
    assertThat(records).isGreaterThan(0);
    assertThat(read.records()).hasSize(records);
  }

  @Test
  void aSchemaThatTheLibraryWouldReadForHoursIsNotTaken() throws IOException {
    Path path = folder.resolve("deep.parquet");
    for (int depth : new int[] {40, 250}) {
      String fields = "repeated binary n (STRING);";
      for (int i = 1; i < depth; i++) {
        fields = "repeated group n { " + fields + " }";
      }
      try (ParquetFile file = ParquetFile.create(path, fields + "required int32 i;")) {
        file.add(file.record().append("i", 1));
      }

      ReadRecords read = ReadRecords.ofParquet(path, ReadRecords.MAX_BYTES, "n", "i");
      assertThat(read.end())
          .isEqualTo(depth == 40 ? "" : "its field 'n' is nested deeper than 40 levels");
      assertThat(read.records().size()).isEqualTo(depth == 40 ? 1 : 0);
      // Where nobody asks for it, it may be as it likes.
      assertThat(ReadRecords.ofParquet(path, ReadRecords.MAX_BYTES, "i").records())
          .containsExactly("{\"n\":null,\"i\":1}");
      Files.delete(path);
    }
  }

  @Test
  void rowsThatAreNotThereAreNotCounted() throws IOException {
    Path path = ParquetFile.small(folder, CompressionCodecName.SNAPPY);
    for (long rows : new long[] {-1, Long.MAX_VALUE}) {
      ParquetFooterFile.change(path, file -> file.getRow_groups().get(0).setNum_rows(rows));

      // Of a column that there is not nothing can be read that would come to an end.
      ReadRecords read = ReadRecords.ofParquet(path, ReadRecords.MAX_BYTES, "no such");

      assertThat(read.records()).isEmpty();
      assertThat(read.end())
          .isEqualTo("a row group says that it has " + rows + " rows, but its columns have fewer");
    }
  }

  @Test
  void checksumsAreLookedAt() throws IOException {
    Path path = ParquetFile.small(folder, CompressionCodecName.UNCOMPRESSED);
    byte[] bytes = Files.readAllBytes(path);
    bytes[new String(bytes, StandardCharsets.ISO_8859_1).indexOf("text 3")] = 'T';
    Files.write(path, bytes);

    assertThat(ReadRecords.ofParquet(path, ReadRecords.MAX_BYTES, "text").end())
        .isEqualTo("a page of the column 'text' is damaged: it has another checksum");
  }

  @Test
  void whatIsNoParquetOrNotSupportedIsSaid() throws IOException {
    Path text = Files.writeString(folder.resolve("a.parquet"), "{\"id\":1, \"context\":\"c\"}\n");
    Path lz4 = ParquetFile.small(folder, CompressionCodecName.LZ4);

    assertThat(ReadRecords.ofParquet(text, ReadRecords.MAX_BYTES, "id").end())
        .startsWith("it does not end as a Parquet file ends");
    assertThat(ReadRecords.ofParquet(lz4, ReadRecords.MAX_BYTES, "id").end())
        .startsWith("it is compressed with lz4, which is not supported; write it with snappy");
  }
}
