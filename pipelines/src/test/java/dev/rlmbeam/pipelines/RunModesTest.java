package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs with other than the default isolation and trajectories. */
@Timeout(90)
final class RunModesTest {
  private static final int ROWS = 4;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Names the sandbox: a session's parent is the agent's process. */
  private static final ServerReply WHICH_SANDBOX =
      ServerReply.text(
          "```repl\nimport os\nanswer['content'] = str(os.getppid())\nanswer['ready'] = True\n```");

  @TempDir private Path folder;

  @Test
  void withIsolationOfElementsEachHasASandboxOfItsOwn() throws IOException {
    run("element", "--isolation=element", "--maxSandboxes=1");

    assertThat(sandboxes("element")).hasSize(ROWS);
    assertThat(summary("element").path("isolation").asText()).isEqualTo("element");
  }

  @Test
  void withIsolationOfBundlesTheyShareOne() throws IOException {
    run("bundle", "--isolation=bundle", "--maxSandboxes=1");

    assertThat(summary("bundle").path("isolation").asText()).isEqualTo("bundle");
    // Where uids are not to be had, a bundle becomes elements, and the run says so.
    boolean apart =
        Files.readString(folder.resolve("said-bundle")).contains("isolation is element");
    assertThat(sandboxes("bundle")).hasSize(apart ? ROWS : 1);
  }

  @Test
  void packedTrajectoriesStandInAFewFilesWithTheirIds() throws IOException {
    run("packed", "--trajectories=packed");

    List<Path> files;
    try (Stream<Path> all = Files.list(folder.resolve("packed").resolve("trajectories"))) {
      files = all.toList();
    }
    assertThat(files.size()).isLessThan(ROWS);
    Set<String> ids = new TreeSet<>();
    boolean answered = false;
    for (Path file : files) {
      assertThat(file.getFileName().toString()).matches("part-.*\\.jsonl\\.gz");
      for (String line : unpacked(file)) {
        ids.add(JSON.readTree(line).path("id").asText());
        answered |= line.contains("os.getppid()");
      }
    }
    assertThat(ids).containsExactly("r0", "r1", "r2", "r3");
    assertThat(answered).isTrue();
  }

  private void run(String name, String... more) throws IOException {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      rows.add(String.format("{\"id\":\"r%d\",\"query\":\"q\",\"context\":\"c%d\"}", i, i));
    }
    Path input = Files.write(folder.resolve("rows.jsonl"), rows);
    try (ModelServer server = ModelServer.start(call -> WHICH_SANDBOX)) {
      List<String> arguments =
          new ArrayList<>(
              List.of(
                  "run",
                  "--input=" + input,
                  "--output=" + folder.resolve(name),
                  "--model=openai/scripted",
                  "--modelBaseUrl=" + server.baseUrl(),
                  "--localIsolation=none"));
      arguments.addAll(List.of(more));
      CommandRun run = CommandRun.of(arguments.toArray(new String[0]));

      assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
      Files.writeString(folder.resolve("said-" + name), run.err());
    }
  }

  private Set<String> sandboxes(String name) throws IOException {
    Set<String> sandboxes = new TreeSet<>();
    for (String line : CommandRun.lines(folder.resolve(name), "results-")) {
      sandboxes.add(JSON.readTree(line).path("answer").asText());
    }
    return sandboxes;
  }

  private JsonNode summary(String name) throws IOException {
    return JSON.readTree(folder.resolve(name).resolve("summary.json").toFile());
  }

  private static List<String> unpacked(Path file) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      return lines.lines().toList();
    }
  }
}
