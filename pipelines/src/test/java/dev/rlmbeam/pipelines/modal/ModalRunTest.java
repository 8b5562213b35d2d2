package dev.rlmbeam.pipelines.modal;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.sandbox.testing.emulator.EmulatedSandbox;
import dev.rlmbeam.sandbox.testing.emulator.EmulatorOptions;
import dev.rlmbeam.sandbox.testing.emulator.InjectedFault;
import dev.rlmbeam.sandbox.testing.emulator.ModalEmulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole command, as a process of its own, with its sandboxes at Modal's emulator. */
final class ModalRunTest {
  private static final int ROWS = 24;

  private @TempDir Path folder;
  private ModalEmulator emulator;
  private ModalCommand command;
  private RunOutput run;
  private Path input;

  @BeforeEach
  void setUp() throws Exception {
    emulator = ModalEmulator.start(EmulatorOptions.defaults());
    command = new ModalCommand(emulator, folder);
    run = new RunOutput(folder.resolve("run"));
    input = TollRows.write(folder.resolve("rows.jsonl"), ROWS);
  }

  @AfterEach
  void tearDown() {
    emulator.close();
  }

  private ModalCommand.Outcome run(String... more) throws IOException, InterruptedException {
    List<String> arguments = command.withSandboxes("run", run.folder(), "--input=" + input);
    arguments.addAll(List.of(more));
    return command.rlm(arguments.toArray(String[]::new));
  }

  @Test
  void eachElementIsAnsweredOnceAndNoSandboxIsLeft() throws Exception {
    Path prices =
        Files.writeString(folder.resolve("p.yaml"), "coreSecondUsd: 1\ngibSecondUsd: 2\n");

    ModalCommand.Outcome outcome = run("--maxSandboxes=4", "--sandboxPrices=" + prices);

    assertWithMessage(outcome.output()).that(outcome.exit()).isEqualTo(0);
    TollRows.assertEachAnsweredOnce(run, ROWS, outcome.output());
    LeakCheck check = LeakCheck.of(emulator);
    assertThat(check.leaks("the console", outcome.output())).isEmpty();
    assertThat(check.leaks(folder)).isEmpty();
    assertThat(emulator.runningSandboxes()).isEmpty();
    assertThat(emulator.requests().violations()).isEmpty();
    List<EmulatedSandbox> sandboxes = emulator.sandboxes();
    assertThat(sandboxes.size()).isAtMost(4);
    assertThat(sandboxes.get(0).tags().keySet()).containsExactly("rlm-run", "rlm-job");
    JsonNode used = run.summary().path("usage").path("sandbox");
    assertThat(used.path("calls").asInt()).isEqualTo(ROWS);
    assertThat(used.path("seconds").asDouble()).isGreaterThan(0.5);
    assertThat(used.path("costUsd").asDouble())
        .isWithin(0.02)
        .of(used.path("seconds").asDouble() * (0.125 + 0.25));
    assertThat(run.summary().path("sandbox").asText()).contains("image im-");
  }

  @Test
  void sandboxesThatDieCostNoElement() throws Exception {
    InjectedFault dying = emulator.faults().inject("sandbox-evict:after=600ms,rate=0.6,times=6");

    ModalCommand.Outcome outcome =
        run("--maxSandboxes=4", "--maxSandboxLosses=8", "--sessionsPerSandbox=2");

    assertWithMessage(outcome.output()).that(outcome.exit()).isEqualTo(0);
    TollRows.assertEachAnsweredOnce(run, ROWS, outcome.output());
    assertThat(emulator.runningSandboxes()).isEmpty();
    assertThat(dying.struck()).isAtLeast(1);
  }

  @Test
  void badCredentialsStopTheRunBeforeItBegins() throws Exception {
    ModalCommand.Outcome outcome = run("--modalProfile=none");

    assertThat(outcome.exit()).isEqualTo(2);
    assertThat(outcome.output()).contains("no profile none");
    assertThat(outcome.output()).doesNotContain("Exception");
    assertThat(Files.exists(run.folder())).isFalse();
  }

  @Test
  void theTokenIsTriedAndSweepingListsBeforeItEnds() throws Exception {
    ModalCommand.Outcome doctor =
        command.rlm(
            "doctor", "--sandbox=modal", "--modalCaCertificate=" + emulator.caCertificate());
    assertThat(doctor.output()).contains(emulator.serverUrl() + " takes the token");
    assertThat(doctor.exit()).isEqualTo(0);

    ModalCommand.Outcome none = command.rlm("sweep");
    assertThat(none.output()).contains("No sandbox of rlm-beam's runs in app rlm-sandbox.");
    assertThat(none.exit()).isEqualTo(0);
  }
}
