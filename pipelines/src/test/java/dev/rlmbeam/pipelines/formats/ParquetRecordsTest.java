package dev.rlmbeam.pipelines.formats;

import static com.google.common.truth.Truth.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that Parquet's own library wrote, whole and damaged. */
@Timeout(120)
final class ParquetRecordsTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "UNCOMPRESSED, 1",
    "UNCOMPRESSED, 2",
    "SNAPPY, 1",
    "SNAPPY, 2",
    "GZIP, 1",
    "GZIP, 2",
    "ZSTD, 1",
    "ZSTD, 2",
    "LZ4_RAW, 1",
    "LZ4_RAW, 2"
  })
  void readsEveryRecordOfEveryRowGroup(CompressionCodecName codec, int version) throws IOException {
    Path path = folder.resolve("a.parquet");
    List<String> expected = new ArrayList<>();
    try (ParquetFile file = ParquetFile.create(path, ParquetFile.TEXTS, codec, version, 4_000)) {
      for (int i = 0; i < 1000; i++) {
        Group record = file.record().append("id", "r" + i);
        // Runs of the same text, which become a dictionary, and texts of their own.
        String text = i < 500 ? "same " + i / 100 : "é".repeat(i);
        if (i % 7 != 0) {
          record.append("text", text);
        }
        file.add(record);
        expected.add(
            "{\"id\":\"r" + i + "\",\"text\":" + (i % 7 == 0 ? "null" : "\"" + text + "\"") + "}");
      }
    }

    ReadRecords read = ReadRecords.ofParquet(path, ReadRecords.MAX_BYTES, "id", "text");

    assertThat(read.end()).isEmpty();
    assertThat(read.records()).isEqualTo(expected);
    assertThat(ParquetFooter.read(() -> Files.newByteChannel(path)).groups()).isGreaterThan(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"snappy", "gzip", "zstd", "lz4raw"})
  void readsWhatAnotherLibraryWrote(String codec) throws Exception {
    Path path = Path.of(getClass().getResource("/parquet/arrow-" + codec + ".parquet").toURI());
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String text = i % 5 == 0 ? "null" : "\"" + ("text " + i % 10 + " é").repeat(3) + "\"";
      expected.add(
          String.format(
              "{\"id\":\"r%d\",\"text\":%s,\"number\":%d,\"at\":\"%s\",\"flag\":%b,\"tags\":%s}",
              i,
              text,
              i * 10_000_000_000L,
              "2026-11-23T17:44:41" + fraction(i),
              i % 2 == 0,
              i % 3 == 0 ? "[]" : "[\"a" + i + "\",\"b\"]"));
    }

    assertThat(all(path)).isEqualTo(expected);
  }

  @Test
  void aTypeOfALaterVersionIsWhatItIsMadeOf() throws Exception {
    Path path = Path.of(getClass().getResource("/parquet/geometry.parquet").toURI());

    assertThat(all(path))
        .containsExactly(
            "{\"id\":\"r0\",\"geo\":null}",
            "{\"id\":\"r1\",\"geo\":null}",
            "{\"id\":\"r2\",\"geo\":null}")
        .inOrder();
  }

  /** Milliseconds as a part of a second; none of a second that is whole. */
  private static String fraction(int millis) {
    return millis == 0 ? "" : String.format(".%03d", millis).replaceAll("0+$", "");
  }

  @Test
  void valuesBecomeJson() throws IOException {
    Path path = folder.resolve("a.parquet");
    try (ParquetFile file =
        ParquetFile.create(
            path,
            """
            required boolean flag; required int32 int; required int64 long; required float float;
            required double nan; required int32 byte (INTEGER(8,false));
            required int64 unsigned (INTEGER(64,false)); required binary bare; required binary bytes;
            required fixed_len_byte_array(2) half (FLOAT16); required binary suit (ENUM);
            required binary json (JSON); required int32 price (DECIMAL(9,2));
            required fixed_len_byte_array(4) cents (DECIMAL(9,2)); required int32 day (DATE);
            required int32 time (TIME(MILLIS,true)); required int64 at (TIMESTAMP(MICROS,true));
            required int64 local (TIMESTAMP(NANOS,false)); required int96 old;
            required fixed_len_byte_array(16) uuid (UUID);
            """)) {
      ByteBuffer old = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
      old.putLong(63_881_000_000_000L).putInt(2_440_588 + 20_780);
      file.add(
          file.record()
              .append("flag", true)
              .append("int", -1)
              .append("long", Long.MAX_VALUE)
              .append("float", 0.1f)
              .append("nan", Double.NEGATIVE_INFINITY)
              .append("byte", 200)
              .append("unsigned", -1L)
              .append("bare", "text")
              .append("bytes", Binary.fromConstantByteArray(new byte[] {0, -1}))
              .append("half", Binary.fromConstantByteArray(new byte[] {0, (byte) 0xC1}))
              .append("suit", "HEARTS")
              .append("json", "{\"a\":1}")
              .append("price", -200)
              .append("cents", Binary.fromConstantByteArray(new byte[] {0, 0, 0, 5}))
              .append("day", 20_780)
              .append("time", 63_881_500)
              .append("at", -1L)
              .append("local", 1_795_455_881_000_000_001L)
              .append("old", Binary.fromConstantByteArray(old.array()))
              .append("uuid", Binary.fromConstantByteArray(new byte[16])));
    }

    assertThat(all(path))
        .containsExactly(
            "{\"flag\":true,\"int\":-1,\"long\":9223372036854775807,\"float\":0.1,"
                + "\"nan\":\"-Infinity\",\"byte\":200,\"unsigned\":18446744073709551615,"
                + "\"bare\":\"text\",\"bytes\":\"AP8=\",\"half\":-2.5,\"suit\":\"HEARTS\","
                + "\"json\":\"{\\\"a\\\":1}\",\"price\":-2.00,\"cents\":0.05,"
                + "\"day\":\"2026-11-23\",\"time\":\"17:44:41.5\","
                + "\"at\":\"1969-12-31T23:59:59.999999Z\","
                + "\"local\":\"2026-11-23T17:44:41.000000001\",\"old\":\"2026-11-23T17:44:41Z\","
                + "\"uuid\":\"00000000-0000-0000-0000-000000000000\"}");
  }

  @Test
  void listsAndMapsAreWhatTheyHold() throws IOException {
    Path path = folder.resolve("a.parquet");
    try (ParquetFile file =
        ParquetFile.create(
            path,
            """
            optional group list (LIST) { repeated group list { optional binary element (STRING); } }
            optional group bare (LIST) { repeated int32 element; }
            optional group array (LIST) { repeated group array { required int32 x; } }
            optional group map (MAP) { repeated group key_value {
              required binary key (STRING); optional int64 value; } }
            repeated int32 many;
            optional group inner { required int32 a; optional group deep { optional int32 b; } }
            """)) {
      Group full = file.record();
      Group list = full.addGroup("list");
      list.addGroup("list").append("element", "a");
      list.addGroup("list");
      full.addGroup("bare").append("element", 1).append("element", 2);
      full.addGroup("array").addGroup("array").append("x", 3);
      Group map = full.addGroup("map");
      map.addGroup("key_value").append("key", "k").append("value", 4L);
      map.addGroup("key_value").append("key", "none");
      full.append("many", 5).append("many", 6);
      full.addGroup("inner").append("a", 7).addGroup("deep").append("b", 8);
      Group empty = file.record();
      empty.addGroup("list");
      empty.addGroup("map");
      file.add(full).add(empty).add(file.record());
    }

    assertThat(all(path))
        .containsExactly(
            "{\"list\":[\"a\",null],\"bare\":[1,2],\"array\":[{\"x\":3}],"
                + "\"map\":{\"k\":4,\"none\":null},\"many\":[5,6],"
                + "\"inner\":{\"a\":7,\"deep\":{\"b\":8}}}",
            "{\"list\":[],\"bare\":null,\"array\":null,\"map\":{},\"many\":[],\"inner\":null}",
            "{\"list\":null,\"bare\":null,\"array\":null,\"map\":null,\"many\":[],\"inner\":null}")
        .inOrder();
  }

  @Test
  void columnsThatNobodyAsksForAreNotEvenRead() throws IOException {
    Path path = ParquetFile.small(folder, CompressionCodecName.SNAPPY);
    byte[] bytes = Files.readAllBytes(path);
    ParquetFooter footer = ParquetFooter.read(() -> Files.newByteChannel(path));
    var text = footer.schema().getColumns().get(1);
    ParquetFooter.Chunk chunk = footer.chunk(0, text);
    Arrays.fill(bytes, (int) chunk.begin(), (int) chunk.end(), (byte) 0);
    Files.write(path, bytes);

    ReadRecords read = ReadRecords.ofParquet(path, ReadRecords.MAX_BYTES, "id", "other");

    assertThat(read.end()).isEmpty();
    assertThat(read.records()).hasSize(8);
    assertThat(read.records().get(0)).isEqualTo("{\"id\":\"r0\",\"text\":null}");
    assertThat(ReadRecords.ofParquet(path, ReadRecords.MAX_BYTES, "id", "text").end())
        .isEqualTo("a page of the column 'text' is damaged");
  }

  @Test
  void aRecordThatIsTooLargeIsPassedOver() throws IOException {
    Path path = folder.resolve("a.parquet");
    try (ParquetFile file = ParquetFile.create(path, ParquetFile.TEXTS)) {
      file.add(file.record().append("id", "a").append("text", "x".repeat(2000)));
      file.add(file.record().append("id", "b").append("text", "y".repeat(500)));
    }

    ReadRecords read = ReadRecords.ofParquet(path, 1024, "id", "text");

    assertThat(read.records().get(0)).contains(" bytes, more than --maxLineBytes=1024; raise that");
    assertThat(read.records().get(1)).startsWith("{\"id\":\"b\",\"text\":\"yyy");
    assertThat(ReadRecords.ofParquet(path, 1024, "id").records())
        .containsExactly("{\"id\":\"a\",\"text\":null}", "{\"id\":\"b\",\"text\":null}");
  }

  @Test
  void aTextThatIsNotUtf8IsThatRecordsFault() throws IOException {
    Path path = folder.resolve("a.parquet");
    try (ParquetFile file = ParquetFile.create(path, ParquetFile.TEXTS)) {
      Binary latin = Binary.fromConstantByteArray("é".getBytes(StandardCharsets.ISO_8859_1));
      file.add(file.record().append("id", "a").append("text", latin));
      file.add(file.record().append("id", "b"));
    }

    assertThat(all(path))
        .containsExactly("The field 'text' is not UTF-8.", "{\"id\":\"b\",\"text\":null}")
        .inOrder();
  }

  @Test
  void channelsAreClosed() throws IOException {
    Path path = ParquetFile.small(folder, CompressionCodecName.SNAPPY);
    List<SeekableByteChannel> opened = new ArrayList<>();

    try (Records records =
        ParquetRecords.open(
            () -> {
              SeekableByteChannel channel = Files.newByteChannel(path);
              opened.add(channel);
              return channel;
            },
            Set.of("id", "text"),
            ReadRecords.MAX_BYTES)) {
      assertThat(records.next()).isTrue();
    }

    assertThat(opened).hasSize(3);
    assertThat(opened.stream().filter(SeekableByteChannel::isOpen).toList()).isEmpty();
  }

  private static List<String> all(Path path) throws IOException {
    String[] fields =
        ParquetFooter.read(() -> Files.newByteChannel(path)).schema().getFields().stream()
            .map(field -> field.getName())
            .toArray(String[]::new);
    return ReadRecords.ofParquet(path, ReadRecords.MAX_BYTES, fields).records();
  }
}
