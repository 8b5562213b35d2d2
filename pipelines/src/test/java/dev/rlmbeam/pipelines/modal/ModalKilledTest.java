package dev.rlmbeam.pipelines.modal;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.modal.ModalOptions;
import dev.rlmbeam.sandbox.modal.ModalSandboxes;
import dev.rlmbeam.sandbox.testing.emulator.EmulatedSandbox;
import dev.rlmbeam.sandbox.testing.emulator.EmulatorOptions;
import dev.rlmbeam.sandbox.testing.emulator.ModalEmulator;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A worker that is killed in the middle of its elements, and what becomes of its sandboxes. */
@Timeout(180)
@EnabledIfSystemProperty(named = Proof.PROPERTY, matches = "true")
final class ModalKilledTest {
  private static final int ROWS = 12;
  private static final int ANSWERED = 4;
  private static final int SANDBOXES = 4;
  private static final int LEASE_SECONDS = 5;

  private @TempDir Path folder;
  private ModalEmulator emulator;
  private ModalCommand command;

  /** Some elements are answered, and the rest wait for their model until they are killed. */
  private ModelServer model;

  @BeforeEach
  void setUp() throws Exception {
    emulator = ModalEmulator.start(EmulatorOptions.defaults());
    command = new ModalCommand(emulator, folder);
    model =
        ModelServer.start(
            call ->
                call.number() <= ANSWERED
                    ? ServerReply.text(
                        "```repl\nanswer['content'] = context\nanswer['ready'] = True\n```")
                    : ServerReply.never());
  }

  @AfterEach
  void tearDown() {
    model.close();
    emulator.close();
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + 90_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertWithMessage(what).that(System.nanoTime()).isLessThan(end);
      Thread.sleep(20);
    }
  }

  private long ofRuns() {
    return emulator.runningSandboxes().stream()
        .filter(one -> !"another".equals(one.tags().get(SandboxSpec.RUN_TAG)))
        .count();
  }

  /** Kills a run as soon as all of its sandboxes have elements in them, and says when that was. */
  private long killInTheMiddle(String... more) throws Exception {
    Path rows = TollRows.write(folder.resolve("rows.jsonl"), ROWS);
    List<String> arguments = command.withSandboxes("run", folder.resolve("run"), "--input=" + rows);
    arguments.addAll(List.of("--model=openai/scripted", "--modelBaseUrl=" + model.baseUrl()));
    arguments.addAll(List.of("--maxSandboxes=" + SANDBOXES, "--sessionsPerSandbox=2"));
    arguments.addAll(List.of(more));
    try (ModalCommand.Running running = command.start(arguments)) {
      await(
          "elements in all sandboxes",
          () -> model.inFlight() == ROWS - ANSWERED || !running.process().isAlive());
      assertWithMessage(running.said()).that(running.process().isAlive()).isTrue();
      assertThat(ofRuns()).isEqualTo(SANDBOXES);
      running.kill();
      return System.nanoTime();
    }
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  @Test
  void itsSandboxesEndWithTheirLeases() throws Exception {
    long killed = killInTheMiddle("--leaseSeconds=" + LEASE_SECONDS);

    await("the end of the sandboxes", () -> emulator.runningSandboxes().isEmpty());
    double seconds = secondsSince(killed);

    assertThat(seconds).isAtMost(LEASE_SECONDS + 5);
    assertThat(command.listed()).isEmpty();
    Proof.line(
        "a worker killed in the middle, --leaseSeconds=%d: its %d sandboxes ended by themselves"
            + " after %.1f s",
        LEASE_SECONDS, SANDBOXES, seconds);
  }

  @Test
  void itsSandboxesAreSweptAtOnceAndNoOthers() throws Exception {
    try (ModalSandboxes sandboxes =
            ModalSandboxes.create(
                command.config(), ModalOptions.defaults().withTrust(command.trust()));
        Sandbox other =
            sandboxes.open(SandboxSpec.defaults().withTag(SandboxSpec.RUN_TAG, "another"))) {
      killOthersThan(other);
    }
  }

  private void killOthersThan(Sandbox other) throws Exception {
    long killed = killInTheMiddle("--leaseSeconds=600");
    String run =
        emulator.sandboxes().stream()
            .filter(one -> !one.id().equals(other.id()))
            .map(one -> String.valueOf(one.tags().get(SandboxSpec.RUN_TAG)))
            .findFirst()
            .orElseThrow();

    ModalCommand.Outcome listing = command.rlm("sweep", "--run=" + run);
    assertWithMessage(listing.output()).that(listing.exit()).isEqualTo(0);
    assertThat(listing.output()).contains(SANDBOXES + " sandboxes in app rlm-sandbox");
    assertThat(emulator.runningSandboxes()).hasSize(SANDBOXES + 1);

    ModalCommand.Outcome sweep = command.rlm("sweep", "--run=" + run, "--terminate");
    assertWithMessage(sweep.output()).that(sweep.exit()).isEqualTo(0);
    assertThat(sweep.output()).contains("Ended " + SANDBOXES + " sandboxes.");
    assertThat(emulator.runningSandboxes().stream().map(EmulatedSandbox::id))
        .containsExactly(other.id());
    Proof.line(
        "another, --leaseSeconds=600: ./rlm sweep --run=ID --terminate ended its %d sandboxes in"
            + " %.1f s, %.1f s after the kill, and left another run's alone",
        SANDBOXES, sweep.seconds(), secondsSince(killed));
  }
}
