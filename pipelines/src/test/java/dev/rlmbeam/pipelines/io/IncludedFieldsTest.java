package dev.rlmbeam.pipelines.io;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.pipelines.formats.AvroFile;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fields of a row that go with its task, or with its failure where no task came of it. */
final class IncludedFieldsTest {
  private static final String TASK = "\"query\":\"q\",\"context\":\"c\"";

  @TempDir private Path folder;

  @Test
  void areAnObjectInTheOrderAskedForWithEveryDigit() throws IOException {
    ReadRows read =
        rows(
            "{" + TASK + ",\"b\":1.50,\"a\":[\"é\",{\"n\":12345678901234567890.10}],\"x\":0}",
            "--include=a,b");

    assertThat(read.tasks().get(0).attributes())
        .isEqualTo("{\"a\":[\"é\",{\"n\":12345678901234567890.10}],\"b\":1.50}");
  }

  @Test
  void areNullWhereTheRowHasNone() throws IOException {
    assertThat(rows("{" + TASK + ",\"a\":null}", "--include=a,b").tasks().get(0).attributes())
        .isEqualTo("{\"a\":null,\"b\":null}");
  }

  @Test
  void withoutTheOptionThereAreNone() throws IOException {
    ReadRows read = rows("{" + TASK + "}\nnot JSON");

    assertThat(read.tasks().get(0).attributes()).isEmpty();
    assertThat(read.failures().get(0).attributes()).isEmpty();
  }

  @Test
  void mayBeGivenSeveralTimesAndWithBlanks() throws IOException {
    assertThat(
            rows("{" + TASK + ",\"a\":1}", "--include=a, b,,a", "--include=c")
                .tasks()
                .get(0)
                .attributes())
        .isEqualTo("{\"a\":1,\"b\":null,\"c\":null}");
    assertThat(assertThrows(UsageException.class, () -> rows("{}", "--include=,")))
        .hasMessageThat()
        .contains("names of fields with commas between");
  }

  @Test
  void thatCouldNotBeReadBackAreTheRowsFailure() throws IOException {
    // As deep as a row of Avro may be, and one level more in the object that includes it.
    AvroFile avro =
        AvroFile.of(
            "{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"query\",\"type\":\"string\"},"
                + "{\"name\":\"context\",\"type\":\"string\"},{\"name\":\"deep\",\"type\":"
                + "{\"type\":\"record\",\"name\":\"N\",\"fields\":["
                + "{\"name\":\"n\",\"type\":[\"null\",\"N\"]},"
                + "{\"name\":\"l\",\"type\":{\"type\":\"array\",\"items\":\"int\"}}]}}",
            CodecFactory.nullCodec());
    GenericRecord flat = nested(avro, null);
    GenericRecord deep = flat;
    for (int i = 0; i < 498; i++) {
      deep = nested(avro, deep);
    }
    avro.add("id", "a", "query", "q", "context", "c", "deep", deep);
    avro.add("id", "b", "query", "q", "context", "c", "deep", flat);
    Path file = Files.write(folder.resolve("rows.avro"), avro.bytes());

    ReadRows read = ReadRows.of(file, "--include=deep");

    assertThat(read.tasks().stream().map(RlmTask::id).toList()).containsExactly("b");
    assertThat(read.failures().get(0).id()).isEqualTo("a");
    assertThat(read.failures().get(0).message()).contains("--include names");
    assertThat(read.failures().get(0).message()).contains("500 levels");
    assertThat(read.failures().get(0).attributes()).isEqualTo("null");
  }

  private static GenericRecord nested(AvroFile avro, @Nullable GenericRecord inner) {
    GenericRecord record = new GenericData.Record(avro.schema("deep"));
    record.put("n", inner);
    record.put("l", List.of());
    return record;
  }

  @Test
  void ofCsvAreItsCells() throws IOException {
    Path file = Files.writeString(folder.resolve("a.csv"), "query,context,title\nq,c,\"T, 1\"\n");

    assertThat(ReadRows.of(file, "--include=title,none").tasks().get(0).attributes())
        .isEqualTo("{\"title\":\"T, 1\",\"none\":null}");
  }

  @Test
  void ofATextFileAreItsIdAndItsPath() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "text");
    Path empty = Files.createFile(folder.resolve("b.txt"));

    ReadRows read = ReadRows.of(folder, "--query=q", "--include=path,id,title");

    assertThat(read.tasks().get(0).attributes())
        .isEqualTo("{\"path\":\"" + file + "\",\"id\":\"a.txt\",\"title\":null}");
    assertThat(read.failures().get(0).attributes())
        .isEqualTo("{\"path\":\"" + empty + "\",\"id\":\"b.txt\",\"title\":null}");
  }

  @Test
  void goWithTheFailureOfARowThatCouldBeParsed() throws IOException {
    List<RlmFailure> failures =
        rows("{\"a\":1,\"query\":\"q\"}\nnot JSON\n{\"a\":2,\"id\":{}," + TASK + "}", "--include=a")
            .failures();

    assertThat(failures.stream().map(RlmFailure::attributes).toList())
        .containsExactly("{\"a\":1}", "null", "{\"a\":2}")
        .inOrder();
  }

  @Test
  void thatAreTooLargeAreTheRowsFailure() throws IOException {
    String fits = "é".repeat((IncludedFields.MAX_BYTES - "{'a':''}".length()) / 2);

    ReadRows read =
        rows(
            "{"
                + TASK
                + ",\"id\":\"1\",\"a\":\""
                + fits
                + "\"}\n"
                + "{"
                + TASK
                + ",\"id\":\"2\",\"a\":\""
                + fits
                + "x\"}",
            "--include=a");

    assertThat(read.tasks().stream().map(task -> task.id()).toList()).containsExactly("1");
    assertThat(read.failures().get(0).id()).isEqualTo("2");
    assertThat(read.failures().get(0).message())
        .contains("--include names have 32769 bytes in this row, more than 32768");
    assertThat(read.failures().get(0).attributes()).isEqualTo("null");
  }

  @Test
  void thatAreNoUnicodeTextAreTheRowsFailure() throws IOException {
    assertThat(
            rows("{" + TASK + ",\"a\":[\"\\ud83d\"]}", "--include=a").failures().get(0).message())
        .contains("The field 'a' holds half a surrogate pair");
  }

  private ReadRows rows(String content, String... options) throws IOException {
    return ReadRows.of(Files.writeString(folder.resolve("rows.jsonl"), content), options);
  }
}
