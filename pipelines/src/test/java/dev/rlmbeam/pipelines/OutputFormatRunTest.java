package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs whose results and failures are written in another form than lines of JSON. */
@Timeout(90)
final class OutputFormatRunTest {
  private static final String RESULT_HEADER =
      "id,answer,stopReason,turns,subCalls,usage,seconds,attempts,runId,worker";
  private static final String FAILURE_HEADER =
      "id,errorClass,message,stage,source,attempts,partialAnswer,usage,worker";

  @TempDir private Path folder;

  @Test
  void resultsAndFailuresAsCsv() throws IOException {
    Path rows = rows();
    Path output = folder.resolve("out");
    try (ModelServer server = ModelServer.start(call -> answer())) {
      CommandRun run =
          CommandRun.of(
              "run",
              "--input=" + rows,
              "--output=" + output,
              "--outputFormat=CSV",
              "--model=openai/scripted",
              "--modelBaseUrl=" + server.baseUrl(),
              "--localIsolation=none",
              "--maxErrorRate=0.9");

      assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
    }

    List<CSVRecord> results = records(output, "results-", RESULT_HEADER);
    assertThat(results).hasSize(3);
    for (CSVRecord result : results) {
      assertThat(result.get("answer")).isEqualTo("'=1+1, \"two\"\nlines");
      JsonNode usage = new ObjectMapper().readTree(result.get("usage"));
      assertThat(usage.path("scripted").path("calls").asInt()).isEqualTo(1);
    }
    List<CSVRecord> failures = records(output, "failures-", FAILURE_HEADER);
    assertThat(failures).hasSize(1);
    assertThat(failures.get(0).get("source")).isEqualTo(rows + ":4");
    assertThat(names(output, ".jsonl")).isEmpty();
    JsonNode summary = new ObjectMapper().readTree(output.resolve("summary.json").toFile());
    assertThat(summary.path("answered").asInt()).isEqualTo(3);
    assertThat(summary.path("settings").path("outputFormat").asText()).isEqualTo("CSV");
  }

  @Test
  void resultsAndFailuresAsAvro() throws IOException {
    Path output = folder.resolve("out");
    try (ModelServer server = ModelServer.start(call -> answer())) {
      CommandRun.of(
          "run",
          "--input=" + rows(),
          "--output=" + output,
          "--outputFormat=avro",
          "--include=query,no such",
          "--model=openai/scripted",
          "--modelBaseUrl=" + server.baseUrl(),
          "--localIsolation=none",
          "--maxErrorRate=0.9");
    }

    List<GenericRecord> results = avro(output, "results-");
    assertThat(results).hasSize(3);
    assertThat(results.get(0).getSchema().getFields().stream().map(Schema.Field::name).toList())
        .containsExactlyElementsIn((RESULT_HEADER + ",input").split(",", -1))
        .inOrder();
    for (GenericRecord result : results) {
      assertThat(result.get("answer").toString()).isEqualTo("=1+1, \"two\"\nlines");
      assertThat(result.get("turns")).isEqualTo(1);
      assertThat((double) result.get("seconds")).isGreaterThan(0.0);
      assertThat(result.get("usage").toString()).contains("scripted={\"calls\": 1, ");
      assertThat(result.get("input").toString())
          .isAnyOf("{query=q, no such=null}", "{no such=null, query=q}");
    }
    List<GenericRecord> failures = avro(output, "failures-");
    assertThat(failures).hasSize(1);
    assertThat(failures.get(0).get("errorClass").toString()).isEqualTo("INPUT_INVALID");
    assertThat(failures.get(0).get("input")).isNull();
    assertThat(names(output, ".jsonl")).isEmpty();
  }

  private static List<GenericRecord> avro(Path output, String prefix) throws IOException {
    List<GenericRecord> records = new ArrayList<>();
    for (String name : names(output, ".avro")) {
      if (name.startsWith(prefix)) {
        try (DataFileReader<GenericRecord> reader =
            new DataFileReader<>(
                output.resolve(name).toFile(), new GenericDatumReader<GenericRecord>())) {
          reader.forEach(records::add);
        }
      }
    }
    return records;
  }

  @Test
  void includedFieldsStandBehindTheOthers() throws IOException {
    Path rows =
        Files.writeString(
            folder.resolve("rows.jsonl"),
            """
            {"id":"r","query":"q","context":"c","title":"T","year":1.50}
            {"id":"f","query":"q","title":"=F"}
            not JSON
            """);
    String[] run = {"run", "--input=" + rows, "--include=title,year", "--maxErrorRate=0.9"};
    Path lines = folder.resolve("lines");
    Path csv = folder.resolve("csv");

    CommandRun.of(
        Stream.concat(Stream.of(run), Stream.of("--output=" + lines)).toArray(String[]::new));
    CommandRun.of(
        Stream.concat(Stream.of(run), Stream.of("--output=" + csv, "--outputFormat=csv"))
            .toArray(String[]::new));

    assertThat(CommandRun.lines(lines, "results-").get(0))
        .endsWith(",\"input\":{\"title\":\"T\",\"year\":1.50}}");
    assertThat(
            CommandRun.lines(lines, "failures-").stream()
                .map(line -> line.replaceAll(".*,\"input", ""))
                .toList())
        .containsExactly("\":{\"title\":\"=F\",\"year\":null}}", "\":null}");
    CSVRecord result = records(csv, "results-", RESULT_HEADER + ",input.title,input.year").get(0);
    assertThat(result.get("input.title")).isEqualTo("T");
    assertThat(result.get("input.year")).isEqualTo("1.50");
    assertThat(
            records(csv, "failures-", FAILURE_HEADER + ",input.title,input.year").stream()
                .map(failure -> failure.get("input.title"))
                .toList())
        .containsExactly("'=F", "");
  }

  @Test
  void aLaterRunInAnotherFormatReplacesAllFilesOfTheEarlierOne() throws IOException {
    Path output = folder.resolve("out");
    CommandRun.of(
        "run", "--input=" + rows(), "--output=" + output, "--outputFormat=csv", "--limit=1");

    CommandRun.of("run", "--input=" + rows(), "--output=" + output, "--limit=1", "--overwrite");

    assertThat(names(output, ".csv")).isEmpty();
    assertThat(CommandRun.lines(output, "results-")).hasSize(1);
  }

  @Test
  void aFormatThatThereIsNotIsNamedBeforeAnythingIsDone() throws IOException {
    CommandRun run = CommandRun.of("run", "--input=" + rows(), "--outputFormat=xlsx");

    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("--outputFormat=xlsx");
    assertThat(run.err()).contains("one of jsonl, csv, avro");
  }

  private static ServerReply answer() {
    return ServerReply.text(
        "```repl\nanswer['content'] = '=1+1, \"two\"\\nlines'\nanswer['ready'] = True\n```");
  }

  private Path rows() throws IOException {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      rows.add("{\"id\":\"r" + i + "\",\"query\":\"q\",\"context\":\"c\"}");
    }
    rows.add("not JSON");
    return Files.write(folder.resolve("rows.jsonl"), rows);
  }

  /** The records of all files of a name, each of which has this header. */
  private static List<CSVRecord> records(Path output, String prefix, String header)
      throws IOException {
    List<CSVRecord> records = new ArrayList<>();
    for (String name : names(output, ".csv")) {
      if (name.startsWith(prefix)) {
        String content = Files.readString(output.resolve(name));
        assertThat(content).startsWith(header + "\r\n");
        CSVFormat format = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
        try (CSVParser parser = CSVParser.parse(content, format)) {
          records.addAll(parser.getRecords());
        }
      }
    }
    return records;
  }

  private static List<String> names(Path folder, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(suffix))
          .sorted()
          .toList();
    }
  }
}
