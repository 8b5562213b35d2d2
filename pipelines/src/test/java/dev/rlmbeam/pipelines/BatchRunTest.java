package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.transforms.RunMonitor;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs: real files, real agent, a real model service over HTTP. */
@Timeout(90)
final class BatchRunTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private Path output;

  @BeforeEach
  void nameOutput() {
    output = folder.resolve("out");
  }

  @Test
  void twoHundredRowsSurviveABadOneAndAServiceThatRefusesAtFirst() throws IOException {
    Path rows = rows(200);
    List<String> lines = new ArrayList<>(Files.readAllLines(rows));
    lines.set(99, "{\"id\": \"r99\", ");
    Files.write(rows, lines);
    try (ModelServer server =
        ModelServer.start(
            call ->
                call.number() <= 5
                    ? ServerReply.error(429, "rate_limit_exceeded", "slow down")
                        .header("Retry-After", "0")
                    : ScriptedRoot.answer())) {
      CommandRun run = run(server, rows);

      assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
      assertThat(CommandRun.lines(output, "failures-")).hasSize(1);
      assertThat(server.calls()).isEqualTo(199 + 5);
    }
    List<String> results = CommandRun.lines(output, "results-");
    assertThat(results).hasSize(199);
    for (String line : results) {
      JsonNode result = JSON.readTree(line);
      String number = result.path("id").asText().substring(1);
      assertThat(result.path("answer").asText()).isEqualTo("PART " + number + " WAS MADE BY ADA.");
    }
    JsonNode failure = JSON.readTree(CommandRun.lines(output, "failures-").get(0));
    assertThat(failure.path("source").asText()).isEqualTo(rows + ":100");
    JsonNode summary = summary();
    assertThat(summary.path("elements").asInt()).isEqualTo(200);
    assertThat(summary.path("usage").path("scripted").path("calls").asInt()).isEqualTo(199);
    assertThat(summary.path("failuresByClass").path("INPUT_INVALID").path("count").asInt())
        .isEqualTo(1);
    assertThat(names(output))
        .containsAtLeast("log.txt", "summary.json", "trajectories", "results-00000-of");
  }

  @Test
  void aRunOverItsOwnFolderReadsNothingThatItWrites() throws IOException {
    Files.writeString(folder.resolve("a.txt"), "The sky is blue.");

    for (int i = 0; i < 2; i++) {
      CommandRun.of(
          "run", "--input=" + folder, "--output=" + folder, "--query=Why?", "--overwrite");

      assertThat(JSON.readTree(folder.resolve("summary.json").toFile()).path("elements").asInt())
          .isEqualTo(1);
    }
  }

  @Test
  void fieldsOfTheOutputStayAsTheyAre() throws IOException {
    Path rows = rows(1);
    Files.writeString(rows, Files.readString(rows) + "not JSON\n");

    CommandRun.of("run", "--input=" + rows, "--output=" + output, "--maxErrorRate=0.9");

    assertThat(fields(JSON.readTree(CommandRun.lines(output, "results-").get(0))))
        .containsExactly(
            "id",
            "answer",
            "stopReason",
            "turns",
            "subCalls",
            "usage",
            "seconds",
            "attempts",
            "runId",
            "worker")
        .inOrder();
    assertThat(fields(JSON.readTree(CommandRun.lines(output, "failures-").get(0))))
        .containsExactly(
            "id",
            "errorClass",
            "message",
            "stage",
            "source",
            "attempts",
            "partialAnswer",
            "usage",
            "worker")
        .inOrder();
    assertThat(fields(summary()))
        .containsExactly(
            "runId",
            "version",
            "outcome",
            "elements",
            "answered",
            "failed",
            "retried",
            "stopReasons",
            "failuresByClass",
            "unreadableFiles",
            "notRead",
            "turns",
            "subCalls",
            "usage",
            "costUsd",
            "startedAt",
            "finishedAt",
            "wallSeconds",
            "elementSeconds",
            "model",
            "subModel",
            "sandbox",
            "isolation",
            "runner",
            "settings")
        .inOrder();
    assertThat(summary().path("version").asText()).matches("\\d+\\.\\d+\\.\\d+.*");
    assertThat(summary().path("model").asText()).contains("not a language model");
  }

  @Test
  void aProgramMayRunItWithOptionsOfItsOwn() throws IOException {
    BatchOptions options = PipelineOptionsFactory.as(BatchOptions.class);
    options.setInput(List.of(rows(2).toString()));
    options.setOutput(output.toString());
    options.setTrajectories("none");

    PipelineResult.State state = BatchPipeline.run(options).waitUntilFinish();

    assertThat(state).isEqualTo(PipelineResult.State.DONE);
    assertThat(summary().path("answered").asInt()).isEqualTo(2);
    assertThat(names(output)).doesNotContain("trajectories");
    RunMonitor.of(summary().path("runId").asText()).end();
  }

  @Test
  void longContextsOfRowsTravelInFilesThatAreGoneAtTheEnd() throws IOException {
    String text = "é".repeat(300_000) + "END";
    Path rows =
        Files.writeString(
            folder.resolve("rows.jsonl"),
            "{\"id\":\"a\",\"query\":\"q\",\"context\":\"" + text + "\"}\n");
    try (ModelServer server =
        ModelServer.start(
            call ->
                ServerReply.text(
                    "```repl\nanswer['content'] = f'{len(context)} {context[-3:]}'\n"
                        + "answer['ready'] = True\n```"))) {
      run(server, rows, "--inlineContextLimit=1000");
    }

    assertThat(JSON.readTree(CommandRun.lines(output, "results-").get(0)).path("answer").asText())
        .isEqualTo("300003 END");
    assertThat(names(output)).doesNotContain(".contexts");
  }

  @Test
  void onTheDirectRunnerLongTextsAreKeptInFilesWithoutBeingAskedTo() throws IOException {
    CommandRun.of("run", "--input=" + rows(1), "--output=" + output);

    assertThat(summary().path("settings").path("inlineContextLimit").asInt()).isEqualTo(32 * 1024);
  }

  @Test
  void aFinishedRunIsNotOverwrittenByAccident() throws IOException {
    Files.createDirectories(output);
    Files.writeString(output.resolve("summary.json"), "{}");

    CommandRun refused = CommandRun.of("run", "--input=" + rows(1), "--output=" + output);

    assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(refused.err()).contains("--overwrite to replace it");
    assertThat(Files.readString(output.resolve("summary.json"))).isEqualTo("{}");
  }

  @Test
  void aFolderThatCannotBeClearedIsNotLeftLocked() throws IOException {
    Files.createDirectories(output.resolve("summary.json/in the way"));

    for (int i = 0; i < 2; i++) {
      CommandRun refused =
          CommandRun.of("run", "--input=" + rows(1), "--output=" + output, "--overwrite");

      assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
      assertThat(refused.err()).contains("cannot be written");
    }
  }

  @Test
  void anEndpointThatIsDownFailsEachElementWithItsAddress() throws IOException {
    String address;
    try (ModelServer server = ModelServer.start(call -> ScriptedRoot.answer())) {
      address = server.baseUrl();
    }

    CommandRun run =
        CommandRun.of(
            "run",
            "--input=" + rows(2),
            "--output=" + output,
            "--model=openai/scripted",
            "--modelBaseUrl=" + address,
            "--localIsolation=none",
            "--maxRetries=0");

    assertThat(run.exitCode()).isEqualTo(ExitCode.TOO_MANY_FAILED);
    assertThat(run.err()).contains("MODEL_UNAVAILABLE");
    assertThat(run.err()).contains(address.replace("http://", "").replace("/v1", ""));
  }

  @Test
  void whatLibrariesSayGoesIntoTheLogOnly() throws IOException {
    PrintStream standardOut = System.out;
    PrintStream standardErr = System.err;
    ByteArrayOutputStream noise = new ByteArrayOutputStream();
    LogFile.silenceConsole();
    System.setOut(new PrintStream(noise, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(noise, true, StandardCharsets.UTF_8));
    try {
      CommandRun.of("run", "--input=" + rows(1), "--output=" + output);
    } finally {
      System.setOut(standardOut);
      System.setErr(standardErr);
    }

    assertThat(noise.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(Files.readString(output.resolve("log.txt"))).contains("INFO org.apache.beam");
  }

  private CommandRun run(ModelServer server, Path rows, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "run",
                "--input",
                rows.toString(),
                "--output",
                output.toString(),
                "--model=openai/scripted",
                "--modelBaseUrl=" + server.baseUrl(),
                "--localIsolation=none",
                "--maxSandboxes=2"));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(new String[0]));
  }

  private Path rows(int count) throws IOException {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(
          String.format(
              "{\"id\":\"r%d\",\"query\":\"Who made part %d?\",\"context\":\"Part %d was made by"
                  + " Ada.\"}",
              i, i, i));
    }
    return Files.write(folder.resolve("rows.jsonl"), rows);
  }

  private JsonNode summary() throws IOException {
    return JSON.readTree(output.resolve("summary.json").toFile());
  }

  private static List<String> fields(JsonNode object) {
    List<String> fields = new ArrayList<>();
    object.fieldNames().forEachRemaining(fields::add);
    return fields;
  }

  /** Names of files, those of shards without their count. */
  private static Set<String> names(Path folder) throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      files.forEach(
          file -> names.add(file.getFileName().toString().replaceAll("-of-\\d+\\.jsonl", "-of")));
    }
    return names;
  }
}
