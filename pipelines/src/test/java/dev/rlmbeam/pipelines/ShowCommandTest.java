package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run has written, shown to a person. */
@Timeout(90)
final class ShowCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @Test
  void aRunIsShownWithItsFailuresByClass() throws IOException {
    Path run = run("files");

    CommandRun shown = CommandRun.of("show", run.toString());

    assertThat(shown.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(shown.out()).contains("2 of 3 answered, 1 failed");
    assertThat(shown.out()).contains("INPUT_INVALID  1 failed");
    assertThat(shown.out()).contains("rows.jsonl:3");
    assertThat(shown.out()).containsMatch("not a language\\s+model");
    assertThat(shown.out().lines().filter(line -> line.length() > 80).toList()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "avro"})
  void resultsOfAnotherFormAreShownAsLinesOfJsonAre(String format) throws IOException {
    Path lines = run("files");
    Path run = run("files", "--outputFormat=" + format, "--output=" + folder.resolve(format));

    String page = CommandRun.of("show", run.toString()).out();
    assertThat(page).contains("2 of 3 answered, 1 failed");
    assertThat(page).contains("rows.jsonl:3");
    assertThat(page).contains("The line is not JSON");
    Path summary = Files.move(run.resolve("summary.json"), folder.resolve("summary"));
    assertThat(CommandRun.of("show", run.toString()).out()).contains("2 answered, 1 failed");
    Files.move(summary, run.resolve("summary.json"));
    for (String id : List.of("one", "rows.jsonl:3")) {
      assertThat(shown(run, id)).isEqualTo(shown(lines, id));
    }
    assertThat(CommandRun.of("show", run.toString(), "onne").err()).contains("did you mean one?");
  }

  /** Without what differs from run to run. */
  private static String shown(Path run, String id) {
    String page = CommandRun.of("show", run.toString(), id).out();
    assertThat(page).contains("tokens in");
    return page.replaceAll("\\d+\\.?\\d* ?(ms|s)\\b", "TIME");
  }

  @Test
  void anElementIsShownTurnByTurnFromSingleAndFromPackedFiles() throws IOException {
    for (String mode : List.of("files", "packed")) {
      Path run = run(mode);

      String page = CommandRun.of("show", run.toString(), "one").out();

      assertThat(page).contains("Turn 1");
      assertThat(page).contains("Answer the following: Who wrote part one?");
      assertThat(page).contains("│ print(type(document).__name__, size)");
      assertThat(page).contains("Ada wrote part one.");
      assertThat(page).doesNotContain("part two");
    }
  }

  @Test
  void fullLeavesNothingOut() throws IOException {
    Path run = run("files");

    assertThat(CommandRun.of("show", run.toString(), "one").out()).contains("more lines");
    String full = CommandRun.of("show", run.toString(), "one", "--full").out();
    assertThat(full).doesNotContain("more lines");
    assertThat(full).contains("? Question: Who wrote part one?");
  }

  @Test
  void aFailureIsShownWithoutATrajectory() throws IOException {
    String page = CommandRun.of("show", run("files").toString(), "rows.jsonl:3").out();

    assertThat(page).contains("INPUT_INVALID");
    assertThat(page).contains("There is no trajectory");
  }

  @Test
  void anIdThatIsNotThereNamesTheNearest() throws IOException {
    CommandRun shown = CommandRun.of("show", run("files").toString(), "onne");

    assertThat(shown.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(shown.err()).contains("There is no element onne in");
    assertThat(shown.err()).contains("did you mean one?");
  }

  @Test
  void theVisualizersFormHoldsAllOfEachPrompt() throws IOException {
    Path run = run("packed");
    Path file = folder.resolve("one.jsonl");

    CommandRun shown = CommandRun.of("show", run.toString(), "one", "--visualizer=" + file);

    assertThat(shown.exitCode()).isEqualTo(ExitCode.DONE);
    List<String> lines = Files.readAllLines(file);
    assertThat(JSON.readTree(lines.get(0)).path("type").asText()).isEqualTo("metadata");
    int messages = 0;
    for (String line : lines.subList(1, lines.size())) {
      JsonNode turn = JSON.readTree(line);
      assertThat(turn.path("type").asText()).isEqualTo("iteration");
      assertThat(turn.path("prompt").size()).isGreaterThan(messages);
      assertThat(turn.path("prompt").path(0).path("role").asText()).isEqualTo("system");
      assertThat(turn.path("prompt").path(0).path("content").asText()).contains("# The REPL");
      assertThat(turn.has("prompt_omitted")).isFalse();
      messages = turn.path("prompt").size();
    }
    assertThat(lines.size()).isAtLeast(3);
  }

  @Test
  void aRunThatGoesOnAndOneThatWasKilledAreShown() throws IOException {
    Path run = Files.createDirectory(folder.resolve("going"));
    Files.writeString(
        run.resolve("partial.jsonl"),
        """
        {"id":"a","answer":"Ada","turns":1}
        {"id":"b","errorClass":"DEADLINE","message":"too late"}
        {"id":"c","ans""");
    Path lock = Files.createFile(run.resolve(".lock"));

    assertThat(CommandRun.of("show", run.toString()).out()).contains("has no summary");
    try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      assertThat(held.isValid()).isTrue();
      String page = CommandRun.of("show", run.toString()).out();

      assertThat(page).contains("goes on at this moment");
      assertThat(page).contains("1 answered, 1 failed");
    }
    assertThat(CommandRun.of("show", run.toString(), "a").out()).contains("Ada");
  }

  @Test
  void aRunOfAnotherVersionIsShownAndSaysSo() throws IOException {
    Path run = run("files");
    Path summary = run.resolve("summary.json");
    Files.writeString(
        summary,
        Files.readString(summary)
            .replaceFirst("\"version\" *: *\"[^\"]+\"", "\"version\":\"9.9\""));

    assertThat(CommandRun.of("show", run.toString()).out()).contains("Written by version 9.9");
  }

  @Test
  void whatIsNoRunIsRefused() throws IOException {
    assertThat(CommandRun.of("show", folder.toString()).err()).contains("is no folder of a run");
    CommandRun missing = CommandRun.of("show", folder + "/nothing");
    assertThat(missing.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(missing.err()).contains("There is no run " + folder + "/nothing");
    Path broken = run("files");
    Files.writeString(broken.resolve("summary.json"), "{\"runId\":");
    assertThat(CommandRun.of("show", broken.toString()).out()).contains("has no summary");
    Files.writeString(broken.resolve("summary.json"), "{\"outcome\":\"to_come\"}");
    assertThat(CommandRun.of("show", broken.toString()).out()).contains("to_come");
  }

  @Test
  void twentyColumnsAreEnough() throws IOException {
    CommandRun shown =
        CommandRun.of(
            Interrupts.none(),
            new CommandRun.Screen(false, false, false, 20),
            "show",
            run("files").toString(),
            "one");

    assertThat(shown.out().lines().filter(line -> line.length() > 20).toList()).isEmpty();
    assertThat(shown.out()).contains("Ada wrote part");
  }

  private Path run(String trajectories) throws IOException {
    return run(trajectories, "--output=" + folder.resolve("run-" + trajectories));
  }

  private Path run(String trajectories, String... more) throws IOException {
    Path rows = folder.resolve("rows.jsonl");
    Files.writeString(
        rows,
        """
        {"id":"one","query":"Who wrote part one?","context":"Ada wrote part one."}
        {"id":"two","query":"Who wrote part two?","context":"Bob wrote part two."}
        no JSON
        """);
    List<String> arguments = new ArrayList<>(List.of(more));
    Path output = Path.of(arguments.get(more.length - 1).substring("--output=".length()));
    arguments.addAll(
        0,
        List.of(
            "run",
            "--input=" + rows,
            "--overwrite",
            "--maxErrorRate=0.9",
            "--trajectories=" + trajectories));
    CommandRun run = CommandRun.of(arguments.toArray(new String[0]));
    assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
    try (Stream<Path> files = Files.list(output.resolve("trajectories"))) {
      assertThat(files.count()).isEqualTo(trajectories.equals("files") ? 2 : 1);
    }
    return output;
  }
}
