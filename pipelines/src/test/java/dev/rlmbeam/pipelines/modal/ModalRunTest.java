package dev.rlmbeam.pipelines.modal;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.sandbox.testing.emulator.EmulatedSandbox;
import dev.rlmbeam.sandbox.testing.emulator.EmulatorOptions;
import dev.rlmbeam.sandbox.testing.emulator.InjectedFault;
import dev.rlmbeam.sandbox.testing.emulator.ModalEmulator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole command, as a process of its own, with its sandboxes at Modal's emulator. */
final class ModalRunTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ROWS = 24;

  private @TempDir Path folder;
  private ModalEmulator emulator;
  private Path input;

  @BeforeEach
  void setUp() throws Exception {
    emulator = ModalEmulator.start(EmulatorOptions.defaults());
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      rows.add(
          JSON.writeValueAsString(
              JSON.createObjectNode()
                  .put("id", "row-" + i)
                  .put("query", "What is the toll of gate " + i + "?")
                  .put(
                      "context",
                      "Of gates. The toll of gate " + i + " is " + (i + 7) + " pence.")));
    }
    input = Files.write(folder.resolve("rows.jsonl"), rows);
  }

  @AfterEach
  void tearDown() {
    emulator.close();
  }

  private record Outcome(int exit, String output) {}

  private Outcome rlm(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add("dev.rlmbeam.pipelines.Main");
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
    builder.environment().put("MODAL_TOKEN_ID", emulator.tokenId());
    builder.environment().put("MODAL_TOKEN_SECRET", emulator.tokenSecret());
    builder.environment().put("MODAL_SERVER_URL", emulator.serverUrl());
    builder.environment().put("MODAL_CONFIG_PATH", folder.resolve("none.toml").toString());
    Process process = builder.start();
    try {
      assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Outcome(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
  }

  private Outcome run(String... more) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("run", "--sandbox=modal"));
    arguments.add("--modalCaCertificate=" + emulator.caCertificate());
    arguments.add("--input=" + input);
    arguments.add("--output=" + folder.resolve("run"));
    arguments.add("--sandboxCreatesPerSecond=100");
    arguments.addAll(List.of(more));
    return rlm(arguments.toArray(String[]::new));
  }

  private List<JsonNode> results() throws IOException {
    List<JsonNode> results = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder.resolve("run"))) {
      for (Path file :
          files.filter(one -> one.getFileName().toString().startsWith("results-")).toList()) {
        for (String line : Files.readAllLines(file)) {
          results.add(JSON.readTree(line));
        }
      }
    }
    return results;
  }

  private JsonNode summary() throws IOException {
    return JSON.readTree(Files.readString(folder.resolve("run/summary.json")));
  }

  private void assertEachAnsweredOnce(String output) throws IOException {
    Set<String> ids = new HashSet<>();
    for (JsonNode result : results()) {
      String id = result.path("id").asText();
      assertWithMessage("%s twice", id).that(ids.add(id)).isTrue();
      int toll = Integer.parseInt(id.substring("row-".length())) + 7;
      assertThat(result.path("answer").asText()).contains(toll + " pence");
    }
    assertWithMessage(output).that(ids).hasSize(ROWS);
  }

  /** Wherever something is kept or said. */
  private void assertNoSecretIn(String output) throws IOException {
    assertThat(output).doesNotContain(emulator.tokenSecret());
    try (Stream<Path> files = Files.walk(folder.resolve("run"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertWithMessage("%s", file).that(text).doesNotContain(emulator.tokenSecret());
        assertWithMessage("%s", file).that(text).doesNotContain("Bearer ");
      }
    }
  }

  @Test
  void eachElementIsAnsweredOnceAndNoSandboxIsLeft() throws Exception {
    Path prices =
        Files.writeString(folder.resolve("p.yaml"), "coreSecondUsd: 1\ngibSecondUsd: 2\n");

    Outcome outcome = run("--maxSandboxes=4", "--sandboxPrices=" + prices);

    assertWithMessage(outcome.output()).that(outcome.exit()).isEqualTo(0);
    assertEachAnsweredOnce(outcome.output());
    assertNoSecretIn(outcome.output());
    assertThat(emulator.runningSandboxes()).isEmpty();
    assertThat(emulator.requests().violations()).isEmpty();
    List<EmulatedSandbox> sandboxes = emulator.sandboxes();
    assertThat(sandboxes.size()).isAtMost(4);
    assertThat(sandboxes.get(0).tags().keySet()).containsExactly("rlm-run", "rlm-job");
    JsonNode used = summary().path("usage").path("sandbox");
    assertThat(used.path("calls").asInt()).isEqualTo(ROWS);
    assertThat(used.path("seconds").asDouble()).isGreaterThan(0.5);
    assertThat(used.path("costUsd").asDouble())
        .isWithin(0.02)
        .of(used.path("seconds").asDouble() * (0.125 + 0.25));
    assertThat(summary().path("sandbox").asText()).contains("image im-");
  }

  @Test
  void sandboxesThatDieCostNoElement() throws Exception {
    InjectedFault dying = emulator.faults().inject("sandbox-evict:after=600ms,rate=0.6,times=6");

    Outcome outcome = run("--maxSandboxes=4", "--maxSandboxLosses=8", "--sessionsPerSandbox=2");

    assertWithMessage(outcome.output()).that(outcome.exit()).isEqualTo(0);
    assertEachAnsweredOnce(outcome.output());
    assertThat(emulator.runningSandboxes()).isEmpty();
    assertThat(dying.struck()).isAtLeast(1);
  }

  @Test
  void badCredentialsStopTheRunBeforeItBegins() throws Exception {
    Outcome outcome = run("--modalProfile=none");

    assertThat(outcome.exit()).isEqualTo(2);
    assertThat(outcome.output()).contains("no profile none");
    assertThat(outcome.output()).doesNotContain("Exception");
    assertThat(Files.exists(folder.resolve("run"))).isFalse();
  }

  @Test
  void theTokenIsTriedAndSweepingListsBeforeItEnds() throws Exception {
    Outcome doctor =
        rlm("doctor", "--sandbox=modal", "--modalCaCertificate=" + emulator.caCertificate());
    assertThat(doctor.output()).contains(emulator.serverUrl() + " takes the token");
    assertThat(doctor.exit()).isEqualTo(0);

    Outcome none = rlm("sweep");
    assertThat(none.output()).contains("No sandbox of rlm-beam's runs in app rlm-sandbox.");
    assertThat(none.exit()).isEqualTo(0);
  }
}
