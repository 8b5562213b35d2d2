package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
      CommandRun run = dryRun(server);

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

  private CommandRun dryRun(ModelServer server) {
    return run(
        "--dryRun",
        "--model=openai/scripted",
        "--modelBaseUrl=" + server.baseUrl(),
        "--maxRetries=0",
        "--localIsolation=none");
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
