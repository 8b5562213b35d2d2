package dev.rlmbeam.pipelines.modal;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.sandbox.testing.emulator.EmulatorOptions;
import dev.rlmbeam.sandbox.testing.emulator.ModalEmulator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole pipeline in Modal's sandboxes where nothing goes wrong: no element lost, none answered
 * twice, no sandbox left, no secret told.
 */
final class ModalProofTest {
  private static final int QUESTIONS = Proof.WHOLE ? 16 : 3;

  private @TempDir Path folder;
  private ModalEmulator emulator;
  private ModalCommand command;
  private RunOutput run;

  @BeforeEach
  void setUp() throws Exception {
    emulator = ModalEmulator.start(EmulatorOptions.defaults());
    command = new ModalCommand(emulator, folder);
    run = new RunOutput(folder.resolve("run"));
  }

  @AfterEach
  void tearDown() {
    emulator.close();
  }

  private void assertNothingLeftAndNothingTold(String output) throws Exception {
    assertThat(emulator.runningSandboxes()).isEmpty();
    assertThat(command.listed()).isEmpty();
    assertThat(emulator.requests().violations()).isEmpty();
    LeakCheck check = LeakCheck.of(emulator);
    assertThat(check.hashes()).hasSize(emulator.sandboxes().size());
    assertThat(check.leaks("the console", output)).isEmpty();
    assertThat(check.leaks(folder)).isEmpty();
  }

  @Test
  void quickstartsDataset() throws Exception {
    ModalCommand.Outcome outcome =
        command.rlm(
            command
                .withSandboxes("quickstart", run.folder(), "--limit=" + QUESTIONS)
                .toArray(String[]::new));

    assertWithMessage(outcome.output()).that(outcome.exit()).isEqualTo(0);
    assertWithMessage(outcome.output()).that(run.failures()).isEmpty();
    List<String> ids = new ArrayList<>();
    for (JsonNode result : run.results()) {
      ids.add(result.path("id").asText());
    }
    assertThat(ids).containsNoDuplicates();
    assertThat(ids).hasSize(QUESTIONS);
    // The keyword matcher is expected to miss the last two: a paraphrase and a count.
    int right = Math.min(QUESTIONS, 14);
    assertThat(outcome.output()).contains("\n" + right + " of 16 answers are right.");
    assertNothingLeftAndNothingTold(outcome.output());
    Proof.line(
        "quickstart: %d documents of a megabyte, %d of %d right, %d sandboxes, %d sessions, %.1f s",
        QUESTIONS,
        right,
        QUESTIONS,
        emulator.sandboxes().size(),
        run.sessions().size(),
        outcome.seconds());
  }

  @Test
  void manyElementsOverManySandboxes() throws Exception {
    Path rows = TollRows.write(folder.resolve("rows.jsonl"), Proof.ELEMENTS);

    ModalCommand.Outcome outcome =
        command.rlm(
            Stream.concat(
                    command.withSandboxes("run", run.folder(), "--input=" + rows).stream(),
                    spread().stream())
                .toArray(String[]::new));

    assertWithMessage(outcome.output()).that(outcome.exit()).isEqualTo(0);
    TollRows.assertEachAnsweredOnce(run, Proof.ELEMENTS, outcome.output());
    assertThat(emulator.sandboxes()).hasSize(Proof.SANDBOXES);
    // One that is open last may find nothing left to do.
    assertThat(run.sandboxesUsed()).isAtLeast(Proof.SANDBOXES / 2);
    assertThat(new TreeSet<>(run.sessions().stream().map(RunOutput.Session::task).toList()))
        .hasSize(Proof.ELEMENTS);
    assertNothingLeftAndNothingTold(outcome.output());
    Proof.line(
        "no fault: %d elements, each answered once and right, %d sandboxes used, %d sessions,"
            + " %.1f s",
        Proof.ELEMENTS, run.sandboxesUsed(), run.sessions().size(), outcome.seconds());
  }

  /** Two elements in each sandbox at a time, so that all sandboxes are needed. */
  static List<String> spread() {
    return List.of(
        "--maxSandboxes=" + Proof.SANDBOXES,
        "--sessionsPerSandbox=2",
        "--maxInFlight=" + 2 * Proof.SANDBOXES);
  }
}
