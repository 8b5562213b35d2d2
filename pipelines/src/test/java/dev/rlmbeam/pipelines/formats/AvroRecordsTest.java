package dev.rlmbeam.pipelines.formats;

import static com.google.common.truth.Truth.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.generic.GenericData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that Avro's own library wrote, whole and damaged. */
@Timeout(60)
final class AvroRecordsTest {
  static final String TEXTS =
      "{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"text\",\"type\":\"string\"}";

  @ParameterizedTest
  @ValueSource(strings = {"null", "deflate", "snappy", "zstandard", "bzip2"})
  void readsEveryRecordOfEveryBlock(String codec) throws IOException {
    AvroFile file = AvroFile.of(TEXTS, CodecFactory.fromString(codec));
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      file.add("id", "r" + i, "text", "é".repeat(i));
      expected.add("{\"id\":\"r" + i + "\",\"text\":\"" + "é".repeat(i) + "\"}");
      if (i % 300 == 7) {
        file.block();
      }
    }

    ReadRecords read = ReadRecords.ofAvro(file.bytes(), ReadRecords.MAX_BYTES, "id", "text");

    assertThat(read.end()).isEmpty();
    assertThat(read.records()).isEqualTo(expected);
  }

  @Test
  void valuesBecomeJson() throws IOException {
    AvroFile file =
        AvroFile.of(
            """
            {"name":"none","type":"null"},
            {"name":"flag","type":"boolean"},
            {"name":"int","type":"int"},
            {"name":"long","type":"long"},
            {"name":"float","type":"float"},
            {"name":"nan","type":"double"},
            {"name":"bytes","type":"bytes"},
            {"name":"fixed","type":{"type":"fixed","name":"F","size":2}},
            {"name":"suit","type":{"type":"enum","name":"S","symbols":["CLUBS","HEARTS"]}},
            {"name":"maybe","type":["null","string",{"type":"array","items":"int"}]},
            {"name":"map","type":{"type":"map","values":"double"}},
            {"name":"inner","type":{"type":"record","name":"I","fields":[
              {"name":"list","type":{"type":"array","items":["null","string"]}}]}},
            {"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
            {"name":"day","type":{"type":"int","logicalType":"date"}},
            {"name":"time","type":{"type":"long","logicalType":"time-micros"}},
            {"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},
            {"name":"nanos","type":{"type":"long","logicalType":"timestamp-nanos"}},
            {"name":"local","type":{"type":"long","logicalType":"local-timestamp-micros"}},
            {"name":"uuid","type":{"type":"string","logicalType":"uuid"}}
            """,
            CodecFactory.nullCodec());
    GenericData.Record inner = new GenericData.Record(file.schema("inner"));
    inner.put("list", Arrays.asList("a", null));
    Map<String, Double> map = new TreeMap<>(Map.of("x", 1.5));
    file.add(
        "none",
        null,
        "flag",
        true,
        "int",
        -1,
        "long",
        Long.MIN_VALUE,
        "float",
        0.1f,
        "nan",
        Double.NaN,
        "bytes",
        ByteBuffer.wrap(new byte[] {0, -1}),
        "fixed",
        new GenericData.Fixed(file.schema("fixed"), new byte[] {1, 2}),
        "suit",
        new GenericData.EnumSymbol(file.schema("suit"), "HEARTS"),
        "maybe",
        List.of(7),
        "map",
        map,
        "inner",
        inner,
        "price",
        ByteBuffer.wrap(new byte[] {-1, 0x38}),
        "day",
        20_780,
        "time",
        63_881_500_000L,
        "at",
        -1L,
        "nanos",
        1_795_455_881_000_000_001L,
        "local",
        1_795_455_881_000_000L,
        "uuid",
        "0b5c3a52-5b3e-4a43-a4d5-0b1f4f9d5a4e");
    String[] all =
        file.schema().getFields().stream().map(Schema.Field::name).toArray(String[]::new);

    assertThat(ReadRecords.ofAvro(file.bytes(), ReadRecords.MAX_BYTES, all).records())
        .containsExactly(
            "{\"none\":null,\"flag\":true,\"int\":-1,\"long\":-9223372036854775808,\"float\":0.1,"
                + "\"nan\":\"NaN\",\"bytes\":\"AP8=\",\"fixed\":\"AQI=\",\"suit\":\"HEARTS\","
                + "\"maybe\":[7],\"map\":{\"x\":1.5},\"inner\":{\"list\":[\"a\",null]},"
                + "\"price\":-2.00,\"day\":\"2026-11-23\",\"time\":\"17:44:41.5\","
                + "\"at\":\"1969-12-31T23:59:59.999Z\","
                + "\"nanos\":\"2026-11-23T17:44:41.000000001Z\",\"local\":\"2026-11-23T17:44:41\","
                + "\"uuid\":\"0b5c3a52-5b3e-4a43-a4d5-0b1f4f9d5a4e\"}");
  }

  @Test
  void fieldsThatNobodyAsksForAreNull() throws IOException {
    byte[] file =
        AvroFile.of(
                TEXTS + ",{\"name\":\"more\",\"type\":{\"type\":\"array\",\"items\":\"string\"}}",
                CodecFactory.deflateCodec(1))
            .add("id", "a", "text", "t", "more", List.of("x", "y"))
            .add("id", "b", "text", "u", "more", List.of())
            .bytes();

    assertThat(ReadRecords.ofAvro(file, ReadRecords.MAX_BYTES, "text", "other").records())
        .containsExactly(
            "{\"id\":null,\"text\":\"t\",\"more\":null}",
            "{\"id\":null,\"text\":\"u\",\"more\":null}");
  }

  @Test
  void aRecordThatIsTooLargeIsPassedOver() throws IOException {
    byte[] file =
        AvroFile.of(TEXTS, CodecFactory.snappyCodec())
            .add("id", "a", "text", "x".repeat(2000))
            .add("id", "b", "text", "y".repeat(500))
            .bytes();

    ReadRecords read = ReadRecords.ofAvro(file, 1024, "id", "text");

    assertThat(read.records().get(0))
        .isEqualTo(
            "The row has 2001 bytes, more than --maxLineBytes=1024; raise that, or name the context"
                + " by --contextUriField.");
    assertThat(read.records().get(1)).startsWith("{\"id\":\"b\",\"text\":\"yyy");
    // What is not asked for takes no memory, so it does not count.
    assertThat(ReadRecords.ofAvro(file, 1024, "id").records())
        .containsExactly("{\"id\":\"a\",\"text\":null}", "{\"id\":\"b\",\"text\":null}");
  }

  @Test
  void aTextThatIsNotUtf8IsThatRecordsFault() throws IOException {
    byte[] file =
        AvroFile.of(TEXTS, CodecFactory.nullCodec())
            .add("id", "a", "text", "QQQ")
            .add("id", "b", "text", "t")
            .bytes();
    file[indexOf(file, "QQQ")] = (byte) 0xE9;

    assertThat(ReadRecords.ofAvro(file, ReadRecords.MAX_BYTES, "id", "text").records())
        .containsExactly("The field 'text' is not UTF-8.", "{\"id\":\"b\",\"text\":\"t\"}")
        .inOrder();
  }

  @Test
  void aNumberOfMoreDigitsThanANumberHasIsThatRecordsFault() throws IOException {
    AvroFile file =
        AvroFile.of(
            "{\"name\":\"n\",\"type\":{\"type\":\"bytes\",\"logicalType\":\"decimal\","
                + "\"precision\":20000,\"scale\":2}}",
            CodecFactory.nullCodec());
    file.add("n", ByteBuffer.wrap(new byte[] {1}));
    byte[] digits = new byte[1 << 19];
    Arrays.fill(digits, (byte) 77);
    file.add("n", ByteBuffer.wrap(digits));
    file.add("n", ByteBuffer.wrap(new byte[] {2}));

    assertThat(ReadRecords.ofAvro(file.bytes(), ReadRecords.MAX_BYTES, "n").records())
        .containsExactly(
            "{\"n\":0.01}",
            "The field 'n' is a decimal of 524288 bytes, more than 4096; write it as a text.",
            "{\"n\":0.02}")
        .inOrder();
  }

  @Test
  void aRecordThatIsNestedTooDeepIsPassedOver() throws IOException {
    AvroFile file =
        AvroFile.of("{\"name\":\"next\",\"type\":[\"null\",\"R\"]}", CodecFactory.nullCodec());
    GenericData.Record chain = null;
    for (int i = 0; i < 600; i++) {
      GenericData.Record link = new GenericData.Record(file.schema());
      link.put("next", chain);
      chain = link;
    }

    List<String> records =
        ReadRecords.ofAvro(
                file.add("next", chain).add("next", null).bytes(), ReadRecords.MAX_BYTES, "next")
            .records();

    assertThat(records)
        .containsExactly("The row is nested deeper than 500 levels.", "{\"next\":null}")
        .inOrder();
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
  }
}
