package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.pipelines.formats.AvroFile;
import dev.rlmbeam.pipelines.formats.ParquetFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.file.CodecFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs over files of Avro and of Parquet. */
@Timeout(90)
final class InputFormatRunTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @Test
  void rowsOfAvroAreAnswered() throws IOException {
    assertAnswered(Files.write(folder.resolve("books.avro"), avro(12)));
  }

  @Test
  void rowsOfParquetAreAnswered() throws IOException {
    assertAnswered(parquet(12));
  }

  private void assertAnswered(Path file) throws IOException {
    CommandRun run = run(file);

    assertThat(run.err()).doesNotContain("failed");
    assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
    Map<String, JsonNode> results = new TreeMap<>();
    for (String line : CommandRun.lines(folder.resolve("out"), "results-")) {
      JsonNode result = JSON.readTree(line);
      results.put(result.path("id").asText(), result);
    }
    assertThat(results).hasSize(12);
    for (int i = 0; i < 12; i++) {
      JsonNode result = results.get("b" + i);
      assertThat(result.path("answer").asText()).contains("Ada" + i);
      assertThat(result.path("input").toString()).isEqualTo("{\"title\":\"Book " + i + "\"}");
    }
  }

  @Test
  void ofAFileThatIsCutOffTheRowsBeforeAreAnsweredAndTheRunSaysSo() throws IOException {
    byte[] whole = avro(12);
    Path file = Files.write(folder.resolve("books.avro"), Arrays.copyOf(whole, whole.length - 20));

    CommandRun run = run(file);

    assertThat(run.exitCode()).isEqualTo(ExitCode.TOO_MANY_FAILED);
    assertThat(CommandRun.lines(folder.resolve("out"), "results-")).hasSize(11);
    JsonNode summary = JSON.readTree(folder.resolve("out/summary.json").toFile());
    assertThat(summary.path("unreadableFiles").asInt()).isEqualTo(1);
    assertThat(summary.path("outcome").asText()).isEqualTo("input_unreadable");
  }

  @Test
  void theFirstRowsAreTakenInTheirOrder() throws IOException {
    CommandRun run = run(parquet(12), "--limit=2");

    assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(
            CommandRun.lines(folder.resolve("out"), "results-").stream()
                .map(line -> line.replaceAll(".*\"id\":\"(\\w+)\".*", "$1"))
                .toList())
        .containsExactly("b0", "b1");
  }

  private CommandRun run(Path file, String... more) {
    String[] arguments = {
      "run",
      "--input=" + file,
      "--output=" + folder.resolve("out"),
      "--query=Who wrote {{title}}?",
      "--contextField=body",
      "--include=title"
    };
    String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return CommandRun.of(all);
  }

  /** A block a row. */
  private static byte[] avro(int rows) throws IOException {
    AvroFile file =
        AvroFile.of(
            "{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"title\",\"type\":\"string\"},"
                + "{\"name\":\"body\",\"type\":\"string\"}",
            CodecFactory.snappyCodec());
    for (int i = 0; i < rows; i++) {
      file.add("id", "b" + i, "title", "Book " + i, "body", body(i)).block();
    }
    return file.bytes();
  }

  private Path parquet(int rows) throws IOException {
    Path path = folder.resolve("books.parquet");
    try (ParquetFile file =
        ParquetFile.create(
            path,
            "required binary id (STRING); required binary title (STRING);"
                + " required binary body (STRING);")) {
      for (int i = 0; i < rows; i++) {
        file.add(
            file.record()
                .append("id", "b" + i)
                .append("title", "Book " + i)
                .append("body", body(i)));
      }
    }
    return path;
  }

  private static String body(int i) {
    return "Book " + i + " was written by Ada" + i + ".";
  }
}
