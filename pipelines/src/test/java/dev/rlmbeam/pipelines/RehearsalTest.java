package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs that are explained and tried, and answer nothing. */
@Timeout(60)
final class RehearsalTest {
  @TempDir private Path folder;
  private Path output;
  private Path rows;

  @BeforeEach
  void writeRows() throws IOException {
    output = folder.resolve("out");
    rows = folder.resolve("rows.jsonl");
    Files.writeString(
        rows,
        """
        {"id":"a","query":"Who wrote {it}?","context":"Ada wrote it."}
        no JSON
        {"id":"b","query":"And who?","context":["x","yz"]}
        """);
  }

  @Test
  void explainShowsSettingsGraphSizesAndPromptsAndCallsNothing() throws IOException {
    Path config = Files.writeString(folder.resolve("job.yaml"), "maxTurns: 7\nmaxRetries: 1\n");
    try (ModelServer server = ModelServer.start(call -> ServerReply.text("no"))) {
      CommandRun run =
          run(
              "--explain",
              "--config=" + config,
              "--maxRetries=2",
              "--model=openai/scripted",
              "--modelBaseUrl=" + server.baseUrl());

      assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
      assertThat(run.out()).containsMatch("--maxTurns +7 +job.yaml line 1");
      assertThat(run.out()).containsMatch("--maxRetries +2 +command line");
      assertThat(run.out()).containsMatch("--inlineContextLimit +32768 +runner default");
      assertThat(run.out()).containsMatch("--enforceImmutability +false +runner default");
      assertThat(run.out()).containsMatch("--blockTimeout +120s +default");
      assertThat(run.out()).containsMatch("Answer +Spread, Rlm");
      assertThat(run.out()).contains("2 tasks, 1 that cannot be used");
      assertThat(run.out()).contains("smallest 10 B, median 13 B, largest 13 B");
      assertThat(run.out()).contains("rows.jsonl:2");
      assertThat(run.out()).contains("At most 7 turns");
      assertThat(run.out()).contains("Answer the following: Who wrote {it}?");
      assertThat(run.out()).contains("Your context is a `str` of 13 characters");
      assertThat(run.out()).contains("Your context is a `list` of 3 characters");
      assertThat(run.out()).contains("Turn 1/7:");
      assertThat(server.calls()).isEqualTo(0);
    }
    assertThat(Files.exists(output)).isFalse();
  }

  @Test
  void dryRunCallsTheModelOnceAndOpensASandbox() throws IOException {
    try (ModelServer server = ModelServer.start(call -> ServerReply.text("ready"))) {
      CommandRun run = dryRun(server, "--maxErrorRate=0.5");

      assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
      assertThat(run.out()).contains("scripted answered 5 characters");
      assertThat(run.out()).containsMatch("sandbox +sb-\\d+ opened: local, plain process");
      assertThat(run.out()).contains("A run with these options can start.");
      assertThat(server.calls()).isEqualTo(1);
    }
    assertThat(Files.exists(output)).isFalse();
  }

  @Test
  void dryRunSaysWhatTheServiceSays() {
    try (ModelServer server =
        ModelServer.start(call -> ServerReply.error(401, "invalid_api_key", "no such key"))) {
      CommandRun run = dryRun(server);

      assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
      assertThat(run.err()).contains("no such key");
      assertThat(run.out()).doesNotContain("can start");
    }
  }

  @Test
  void bothRefuseWhatARunWouldRefuse() {
    assertThat(run("--explain", "--maxTurns=0").exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run("--dryRun", "--python=/no/such/python3").exitCode()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void askIsExplainedToo() throws IOException {
    Path text = Files.writeString(folder.resolve("a.txt"), "Ünïcode.");

    CommandRun run =
        CommandRun.of("ask", text.toString(), "Why?", "--explain", "--output=" + output);

    assertThat(run.out()).contains("Answer the following: Why?");
    assertThat(run.out()).contains("`str` of 8 characters");
    assertThat(Files.exists(output)).isFalse();
  }

  @Test
  void dryRunNamesBadRowsAndCarriesOnWhereARunWould() throws IOException {
    try (ModelServer server = ModelServer.start(call -> ServerReply.text("ready"))) {
      CommandRun run = dryRun(server, "--maxErrorRate=0.5");

      assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
      assertThat(run.out()).containsMatch("rows +2 tasks, 1 that cannot be used");
      assertThat(run.out()).contains("rows.jsonl:2");
      assertThat(run.out()).contains("The line is not JSON (column 4");
      assertThat(run.out()).containsMatch("write one JSON\\s+object a line");
    }
  }

  @Test
  void dryRunEndsAsARunWouldForItsBadRows() throws IOException {
    CommandRun tried = run("--dryRun");

    assertThat(tried.exitCode()).isEqualTo(run("--maxErrorRate=0.1").exitCode());
    assertThat(tried.exitCode()).isEqualTo(ExitCode.TOO_MANY_FAILED);
    assertThat(tried.err()).contains("end with exit code 3: more failed than --maxErrorRate");
    assertThat(tried.out()).doesNotContain("can start");

    Files.writeString(rows, "\n\n");
    assertThat(run("--dryRun", "--overwrite").exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run("--overwrite").exitCode()).isEqualTo(ExitCode.USAGE);

    Files.writeString(
        rows, "{\"id\":\"a\",\"query\":\"q\",\"context\":\"c\",\"text\":\"c\"}\n".repeat(3));
    CommandRun twice = run("--dryRun", "--overwrite", "--contextField=text");
    assertThat(twice.exitCode()).isEqualTo(ExitCode.TOO_MANY_FAILED);
    assertThat(twice.out()).contains("The id 'a' is taken by");
    assertThat(run("--overwrite", "--contextField=text").exitCode())
        .isEqualTo(ExitCode.TOO_MANY_FAILED);
    assertThat(run("--dryRun", "--overwrite", "--contextField=txt").out())
        .containsMatch(
            "has no field 'txt' for the\\s+context;\\s+name\\s+it\\s+with --contextField");
  }

  @Test
  void dryRunFindsAFileThatIsCutOff() throws IOException {
    rows = folder.resolve("rows.avro");
    Files.writeString(rows, "no Avro");

    CommandRun tried = run("--dryRun");

    assertThat(tried.exitCode()).isEqualTo(ExitCode.TOO_MANY_FAILED);
    assertThat(tried.out()).contains("it is no Avro object container file");
    assertThat(tried.err()).contains("rows are missing");
  }

  @Test
  void explainShowsTheRowsThatSampleWouldChoose() throws IOException {
    StringBuilder lines = new StringBuilder("no JSON\n");
    for (int i = 0; i < 40; i++) {
      String context = "Ada wrote it. ".repeat(i + 1);
      lines.append(
          "{\"id\":\"r" + i + "\",\"query\":\"Who wrote it?\",\"context\":\"" + context + "\"}\n");
    }
    Files.writeString(rows, lines);

    CommandRun explained = run("--explain", "--sample=3");
    CommandRun run = run("--sample=3");

    assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
    List<Integer> rowsOfRun = new ArrayList<>();
    for (String line : CommandRun.lines(output, "results-")) {
      rowsOfRun.add(Integer.valueOf(line.replaceAll("^.*\"id\":\"r(\\d+)\".*$", "$1")));
    }
    assertThat(rowsOfRun).hasSize(3);
    List<Integer> rowsExplained = new ArrayList<>();
    Matcher prompt = Pattern.compile("Prompt +r(\\d+)\n").matcher(explained.out());
    while (prompt.find()) {
      rowsExplained.add(Integer.valueOf(prompt.group(1)));
    }
    assertThat(rowsExplained).containsExactlyElementsIn(rowsOfRun);
    assertThat(explained.out()).contains("3 tasks, 0 that cannot be used");
    int smallest = Collections.min(rowsOfRun);
    assertThat(explained.out()).contains("smallest " + 14 * (smallest + 1) + " B");
  }

  @Test
  void explainCountsOnlyTheIdsThatAreAskedFor() {
    CommandRun run = run("--explain", "--ids=b,rows.jsonl:2,c");

    assertThat(run.out()).contains("1 task, 2 that cannot be used");
    assertThat(run.out()).contains("No row of the input has the id 'c'");
    assertThat(run("--explain", "--ids=b").out()).contains("1 task, 0 that cannot be used");
  }

  private CommandRun dryRun(ModelServer server, String... more) {
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.addAll(
        List.of(
            "--dryRun",
            "--model=openai/scripted",
            "--modelBaseUrl=" + server.baseUrl(),
            "--maxRetries=0",
            "--localIsolation=none"));
    return run(arguments.toArray(new String[0]));
  }

  private CommandRun run(String... more) {
    String[] arguments = new String[more.length + 3];
    arguments[0] = "run";
    arguments[1] = "--input=" + rows;
    arguments[2] = "--output=" + output;
    System.arraycopy(more, 0, arguments, 3, more.length);
    return CommandRun.of(arguments);
  }
}
