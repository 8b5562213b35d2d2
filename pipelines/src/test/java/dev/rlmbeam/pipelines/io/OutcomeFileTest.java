package dev.rlmbeam.pipelines.io;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmResult;
import dev.rlmbeam.transforms.model.ModelUsage;
import dev.rlmbeam.transforms.rlm.FailureClass;
import dev.rlmbeam.transforms.rlm.StopReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Results and failures are read back as they were, from each form, and from what is left of it. */
@Timeout(60)
final class OutcomeFileTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> HOSTILE =
      List.of(
          "=1+1",
          "'=1+1",
          "''@x",
          "'tis",
          "-12.5",
          "'-12.5",
          "",
          "\u0000\u0007",
          "a, \"b\"\r\n\r\nc\n",
          "\"",
          "\r",
          "\uFEFFmark",
          "x".repeat(100_000));

  @TempDir private Path folder;

  @BeforeEach
  void takeFileSystems() {
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());
  }

  @ParameterizedTest
  @EnumSource(OutputFormat.class)
  void whatWasWrittenIsReadBack(OutputFormat format) throws IOException {
    List<RlmResult> results = new ArrayList<>();
    List<RlmFailure> failures = new ArrayList<>();
    for (String text : HOSTILE) {
      results.add(result("r" + results.size(), text));
      failures.add(failure(text + failures.size(), text));
    }
    write("results-00000-of-00001", format, results(format, results));
    write("failures-00000-of-00001", format, failures(format, failures));

    List<JsonNode> read = read();

    List<JsonNode> expected = new ArrayList<>();
    results.forEach(each -> expected.add(numbersAlike(OutputLines.fields(each))));
    failures.forEach(each -> expected.add(numbersAlike(OutputLines.fields(each))));
    assertThat(read.stream().map(OutcomeFileTest::numbersAlike).toList())
        .containsExactlyElementsIn(expected)
        .inOrder();
  }

  @ParameterizedTest
  @EnumSource(OutputFormat.class)
  void ofAFileThatIsCutOffWhatStandsBeforeIsRead(OutputFormat format) throws IOException {
    List<RlmResult> results = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      results.add(result("r" + i, "one, \"two\"\nlines " + i));
    }
    byte[] whole = results(format, results);
    Path log = Files.createFile(folder.resolve("log.txt"));
    assertThat(Files.exists(log)).isTrue();

    int most = 0;
    for (int size = 0; size <= whole.length; size++) {
      write("results-00000-of-00001", format, Arrays.copyOf(whole, size));
      List<String> ids = read().stream().map(line -> line.path("id").asText()).toList();
      assertWithMessage("of %s bytes", size)
          .that(ids)
          .isEqualTo(results.subList(0, ids.size()).stream().map(RlmResult::id).toList());
      // More of a file is never less of its rows.
      assertThat(ids.size()).isAtLeast(most);
      most = Math.max(most, ids.size());
    }
    assertThat(most).isEqualTo(6);
  }

  @Test
  void filesOfOthersAreNoResults() throws IOException {
    write("results-00000-of-00001", OutputFormat.CSV, results(OutputFormat.CSV, List.of()));
    Files.writeString(folder.resolve("results-joined.csv"), "id,answer\r\na,b\r\n");

    assertThat(read()).isEmpty();
  }

  @Test
  void aRowThatASpreadsheetHasSpoiltIsPassedOver() throws IOException {
    Files.writeString(
        folder.resolve("results-00000-of-00001.csv"),
        "\uFEFFid,answer,turns,usage\r\na,A,1,{}\r\ntoo,few\r\n\r\nb,B,\"1,5\",{\"\"m\r\nc,C,2,{}");

    List<JsonNode> read = read();

    assertThat(read.stream().map(line -> line.path("id").asText()).toList())
        .containsExactly("a", "b", "c")
        .inOrder();
    assertThat(read.get(1).has("turns")).isFalse();
    assertThat(read.get(2).path("turns").asInt()).isEqualTo(2);
  }

  private List<JsonNode> read() throws IOException {
    List<JsonNode> read = new ArrayList<>();
    RunRecords.open(folder.toString()).outcomes(read::add);
    return read;
  }

  private void write(String name, OutputFormat format, byte[] content) throws IOException {
    Files.write(folder.resolve(name + format.suffix()), content);
  }

  private static byte[] results(OutputFormat format, List<RlmResult> results) throws IOException {
    OutputCsv csv = new OutputCsv(List.of());
    return switch (format) {
      case JSONL -> lines("\n", results.stream().map(OutputLines::of).toList());
      case CSV -> {
        List<String> rows = new ArrayList<>(List.of(csv.resultHeader()));
        results.forEach(each -> rows.add(csv.of(each)));
        yield lines("\r\n", rows);
      }
      case AVRO -> avro(OutputAvro.ofResults(false), results);
    };
  }

  private static byte[] failures(OutputFormat format, List<RlmFailure> failures)
      throws IOException {
    OutputCsv csv = new OutputCsv(List.of());
    return switch (format) {
      case JSONL -> lines("\n", failures.stream().map(OutputLines::of).toList());
      case CSV -> {
        List<String> rows = new ArrayList<>(List.of(csv.failureHeader()));
        failures.forEach(each -> rows.add(csv.of(each)));
        yield lines("\r\n", rows);
      }
      case AVRO -> avro(OutputAvro.ofFailures(false), failures);
    };
  }

  private static byte[] lines(String end, List<String> lines) {
    return (String.join(end, lines) + end).getBytes(StandardCharsets.UTF_8);
  }

  private static <T> byte[] avro(OutputAvro<T> sink, List<T> elements) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    sink.open(Channels.newChannel(bytes));
    for (T element : elements) {
      sink.write(element);
      sink.flush(); // a block each
    }
    sink.flush();
    return bytes.toByteArray();
  }

  /** Neither the order of fields nor the kind of a number says anything. */
  private static JsonNode numbersAlike(JsonNode line) {
    try {
      return JSON.readTree(line.toString().replaceAll("(\"\\w+\":\\d+)(?=[,}])", "$1.0"));
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static RlmResult result(String id, String answer) {
    return new RlmResult(
        id,
        answer,
        StopReason.ANSWERED,
        3,
        12,
        Map.of("m", new ModelUsage(4, 500, 60, 0.25)),
        1.5,
        1,
        "run");
  }

  private static RlmFailure failure(String id, String message) {
    return RlmFailure.ofInput(id, FailureClass.INPUT_INVALID, message, "rows.jsonl:1", "run");
  }
}
