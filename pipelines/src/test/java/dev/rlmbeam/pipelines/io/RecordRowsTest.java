package dev.rlmbeam.pipelines.io;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.pipelines.formats.AvroFile;
import dev.rlmbeam.pipelines.formats.ParquetFile;
import dev.rlmbeam.transforms.RlmContext;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.rlm.FailureClass;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.file.CodecFactory;
import org.apache.parquet.example.data.Group;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of Avro and Parquet become tasks as rows of JSONL do. */
final class RecordRowsTest {
  private static final String AVRO_FIELDS =
      "{\"name\":\"id\",\"type\":[\"null\",\"string\"]},{\"name\":\"question\",\"type\":\"string\"},"
          + "{\"name\":\"body\",\"type\":[\"null\",\"string\",\"bytes\","
          + "{\"type\":\"array\",\"items\":\"string\"}]},{\"name\":\"year\",\"type\":\"int\"}";
  private static final String PARQUET_FIELDS =
      "optional binary id (STRING); required binary question (STRING); optional group body (LIST)"
          + " { repeated group list { required binary element (STRING); } } required int32 year;";

  @TempDir private Path folder;

  @Test
  void rowsOfAvroAreTasks() throws IOException {
    Path file =
        write(
            "rows.avro",
            avro()
                .add("id", "a", "question", "Q1", "body", "text", "year", 1818)
                .block()
                .add("id", null, "question", "Q2", "body", List.of("x", "y"), "year", 1819)
                .bytes());

    ReadRows read = ReadRows.of(file, "--contextField=body", "--include=year,title");

    assertThat(read.failures()).isEmpty();
    assertThat(read.tasks())
        .containsExactly(
            new RlmTask(
                "a", "Q1", RlmContext.text("text"), file + ":1", "{\"year\":1818,\"title\":null}"),
            new RlmTask(
                ContentHash.id("Q2", "[\"x\",\"y\"]"),
                "Q2",
                RlmContext.json("[\"x\",\"y\"]"),
                file + ":2",
                "{\"year\":1819,\"title\":null}"))
        .inOrder();
  }

  @Test
  void rowsOfParquetAreTasks() throws IOException {
    Path file = parquet();

    ReadRows read =
        ReadRows.of(file, "--contextField=body", "--include=year", "--query={{question}} {{year}}");

    assertThat(read.tasks())
        .containsExactly(
            new RlmTask(
                "a", "Q1 1818", RlmContext.json("[\"x\",\"y\"]"), file + ":1", "{\"year\":1818}"));
    assertThat(read.failures()).hasSize(1);
    assertThat(read.failures().get(0).id()).isEqualTo("rows.parquet:2");
    assertThat(read.failures().get(0).errorClass()).isEqualTo(FailureClass.CONTEXT_INVALID);
    assertThat(read.failures().get(0).attributes()).isEqualTo("{\"year\":1819}");
  }

  @Test
  void theContextMayBeNamedByAPath() throws IOException {
    Path file =
        write(
            "rows.avro",
            avro().add("id", "a", "question", "Q", "body", "a.txt", "year", 1).bytes());

    assertThat(ReadRows.of(file, "--contextUriField=body").tasks().get(0).context())
        .isEqualTo(RlmContext.at(folder.resolve("a.txt").toString()));
  }

  @Test
  void bytesAreNoContext() throws IOException {
    Path file =
        write(
            "rows.avro",
            avro()
                .add("id", "a", "question", "Q", "body", ByteBuffer.wrap(new byte[3]), "year", 1)
                .bytes());

    assertThat(ReadRows.of(file, "--contextField=body").failures().get(0).message())
        .isEqualTo("The field 'body' holds bytes, which are no text; write it as a string.");
  }

  @Test
  void whatAFileHasIsNamedThoughItWasNotRead() throws IOException {
    assertThat(ReadRows.of(parquet()).failures().get(0).message())
        .contains(
            "no field 'context' for the context; name it with --contextField. Its fields are"
                + " id, question, body, year.");
  }

  @Test
  void aCompressedAvroFileIsReadAndACompressedParquetFileIsNot() throws IOException {
    byte[] avro = avro().add("id", "a", "question", "Q", "body", "text", "year", 1).bytes();
    Path parquet = write("rows.parquet.gz", gzip(Files.readAllBytes(parquet())));

    assertThat(ReadRows.of(write("rows.avro.gz", gzip(avro)), "--contextField=body").tasks().size())
        .isEqualTo(1);
    ReadRows read = ReadRows.of(parquet, "--contextField=body");
    assertThat(read.unreadable()).isEqualTo(1);
    assertThat(read.failures().get(0).message())
        .isEqualTo("Its rows were not read, mend the file: it must be decompressed to be read.");
  }

  @Test
  void anAvroFileThatIsCutOffIsReadUpToThere() throws IOException {
    AvroFile whole = avro();
    for (int i = 0; i < 100; i++) {
      whole.add("id", "r" + i, "question", "Q", "body", "text " + i, "year", i).block();
    }
    byte[] bytes = whole.bytes();
    Path file = write("rows.avro", Arrays.copyOf(bytes, bytes.length / 2));

    ReadRows read = ReadRows.of(file, "--contextField=body", "--include=year");

    int rows = read.tasks().size();
    assertThat(rows).isGreaterThan(30);
    assertThat(read.unreadable()).isEqualTo(1);
    RlmFailure failure = read.failures().get(0);
    assertThat(failure.id()).isEqualTo("rows.avro:unread");
    assertThat(failure.source()).isEqualTo(file + ":" + rows);
    assertThat(failure.attributes()).isEqualTo("null");
    assertThat(failure.message())
        .startsWith("The rows after row " + rows + " were not read, mend the file: ");
  }

  @Test
  void aParquetFileThatIsCutOffIsNotRead() throws IOException {
    byte[] bytes = Files.readAllBytes(parquet());
    Path file = write("rows.parquet", Arrays.copyOf(bytes, bytes.length - 10));

    ReadRows read = ReadRows.of(file, "--contextField=body");

    assertThat(read.tasks()).isEmpty();
    assertThat(read.unreadable()).isEqualTo(1);
    assertThat(read.failures().get(0).source()).isEqualTo(file + ":1");
    assertThat(read.failures().get(0).message())
        .startsWith(
            "Its rows were not read, mend the file: it does not end as a Parquet file ends;");
  }

  @Test
  void rowsThatAreTooLongAreFailuresAndTheNextAreRead() throws IOException {
    Path file =
        write(
            "rows.avro",
            avro()
                .add("id", "a", "question", "Q", "body", "x".repeat(3000), "year", 1)
                .add("id", "b", "question", "Q", "body", "text", "year", 1)
                .bytes());

    ReadRows read = ReadRows.of(file, "--contextField=body", "--maxLineBytes=2000");

    assertThat(read.tasks().stream().map(RlmTask::id).toList()).containsExactly("b");
    assertThat(read.failures().get(0).id()).isEqualTo("rows.avro:1");
    assertThat(read.failures().get(0).message()).contains("more than --maxLineBytes=2000");
  }

  private static AvroFile avro() throws IOException {
    return AvroFile.of(AVRO_FIELDS, CodecFactory.deflateCodec(1));
  }

  private Path parquet() throws IOException {
    Path path = folder.resolve("rows.parquet");
    try (ParquetFile file = ParquetFile.create(path, PARQUET_FIELDS)) {
      Group row = file.record().append("id", "a").append("question", "Q1").append("year", 1818);
      Group body = row.addGroup("body");
      body.addGroup("list").append("element", "x");
      body.addGroup("list").append("element", "y");
      file.add(row).add(file.record().append("question", "Q2").append("year", 1819));
    }
    return path;
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }
}
