package dev.rlmbeam.pipelines.modal;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.sandbox.testing.emulator.EmulatorOptions;
import dev.rlmbeam.sandbox.testing.emulator.InjectedFault;
import dev.rlmbeam.sandbox.testing.emulator.ModalEmulator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole pipeline while Modal, its tunnels or its sandboxes fail: no element lost, none answered
 * twice, none failed, no sandbox left, no secret told. The whole proof has a run for each kind of
 * fault; a tenth of it is one run with all of them.
 */
final class ModalFaultsTest {
  private static final int LEAST_SANDBOXES = Proof.WHOLE ? 5 : 1;
  private static final String ONLY = System.getProperty(Proof.PROPERTY + ".fault", "");
  private static final double SOON_SECONDS = 5;

  private @TempDir Path folder;

  /** What goes wrong in one run; several where a kind strikes in ways that are to be seen apart. */
  record Misfortune(String name, List<String> faults) {
    static Misfortune of(String name, String... faults) {
      return new Misfortune(name, List.of(faults));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Misfortune> misfortunes() {
    List<Misfortune> all =
        List.of(
            Misfortune.of("rpc-slow", "rpc-slow:rpc=*,delay=700ms,rate=0.5"),
            Misfortune.of(
                "rpc-fail before the work",
                "rpc-fail:rpc=SandboxCreateV2,rate=0.4,times=20",
                "rpc-fail:rpc=SandboxWaitV2,rate=0.3",
                "rpc-fail:rpc=SandboxTerminateV2,rate=0.3,times=10"),
            Misfortune.of(
                "rpc-fail after the work",
                "rpc-fail:rpc=SandboxCreateV2,when=after,rate=0.4,times=20",
                "rpc-fail:rpc=SandboxWaitV2,when=after,rate=0.3",
                "rpc-fail:rpc=SandboxTerminateV2,when=after,rate=0.3,times=10"),
            Misfortune.of("rpc-throttle", "rpc-throttle:rpc=*,rate=0.4,retryAfter=300ms"),
            Misfortune.of("create-rate", "create-rate:perSecond=2"),
            Misfortune.of("tunnel-drop", "tunnel-drop:after=700ms,rate=0.4"),
            Misfortune.of("tunnel-502", "tunnel-502:rate=0.3"),
            Misfortune.of("tunnel-stall", "tunnel-stall:after=700ms,rate=0.3,times=30"),
            Misfortune.of("sandbox-evict", "sandbox-evict:after=4s,rate=0.5,times=10"),
            Misfortune.of("sandbox-terminate", "sandbox-terminate:after=4s,rate=0.5,times=10"),
            Misfortune.of("auth-clock-skew", "auth-clock-skew:by=60m"));
    return all.stream().filter(one -> one.name().startsWith(ONLY));
  }

  /** As many of each kind as a tenth of the elements need, in one run. */
  private static final Misfortune ALL =
      Misfortune.of(
          "all faults at once",
          "rpc-slow:rpc=*,delay=200ms,rate=0.3",
          "rpc-fail:rpc=Sandbox*,rate=0.3,times=4",
          "rpc-fail:rpc=SandboxCreateV2,when=after,times=1",
          "rpc-throttle:rpc=*,rate=0.3,retryAfter=200ms,times=6",
          "create-rate:perSecond=2",
          "tunnel-drop:times=2",
          "tunnel-502:times=2",
          "tunnel-stall:times=1",
          "sandbox-evict:after=1500ms,times=1",
          "sandbox-terminate:after=1500ms,times=1",
          "auth-clock-skew:by=60m");

  @ParameterizedTest(name = "{0}")
  @MethodSource("misfortunes")
  @EnabledIfSystemProperty(named = Proof.PROPERTY, matches = "true")
  void costsNoElement(Misfortune misfortune) throws Exception {
    run(misfortune);
  }

  @Test
  void allAtOnceCostNoElement() throws Exception {
    run(ALL);
  }

  private void run(Misfortune misfortune) throws Exception {
    Path rows = TollRows.write(folder.resolve("rows.jsonl"), Proof.ELEMENTS);
    RunOutput run = new RunOutput(folder.resolve("run"));
    try (ModalEmulator emulator = ModalEmulator.start(EmulatorOptions.defaults())) {
      List<InjectedFault> faults = new ArrayList<>();
      misfortune.faults().forEach(text -> faults.add(emulator.faults().inject(text)));
      ModalCommand command = new ModalCommand(emulator, folder);
      List<String> arguments = command.withSandboxes("run", run.folder(), "--input=" + rows);
      arguments.addAll(ModalProofTest.spread());

      ModalCommand.Outcome outcome = command.rlm(arguments.toArray(String[]::new));
      emulator.faults().stopAll(); // the list is to be asked for in peace
      FaultToll toll = FaultToll.of(emulator, faults, run);
      report(misfortune, toll, run, outcome);

      assertWithMessage(outcome.output()).that(outcome.exit()).isEqualTo(0);
      TollRows.assertEachAnsweredOnce(run, Proof.ELEMENTS, outcome.output());
      assertThat(emulator.runningSandboxes()).isEmpty();
      assertThat(command.listed()).isEmpty();
      LeakCheck check = LeakCheck.of(emulator);
      assertThat(check.leaks("the console", outcome.output())).isEmpty();
      assertThat(check.leaks(folder)).isEmpty();
      for (InjectedFault fault : faults) {
        assertWithMessage("%s", fault).that(fault.struck()).isAtLeast(1);
      }
      assertThat(toll.sandboxes()).isAtLeast(LEAST_SANDBOXES);
      assertThat(toll.noticed().orElse(0)).isAtMost(SOON_SECONDS);
    }
  }

  private static void report(
      Misfortune misfortune, FaultToll toll, RunOutput run, ModalCommand.Outcome outcome)
      throws IOException {
    JsonNode summary = run.summary();
    Proof.line(
        "%-24s struck %3d, %2d sandboxes hit, %d of %d answered, %2d retried, slowest element"
            + " %.1f s, %.1f s%s",
        misfortune,
        toll.struck(),
        toll.sandboxes(),
        summary.path("answered").asInt(),
        Proof.ELEMENTS,
        summary.path("retried").asInt(),
        toll.slowestElement(),
        outcome.seconds(),
        toll.noticed().isPresent()
            ? String.format(Locale.ROOT, ", losses noticed in %.1f s", toll.noticed().getAsDouble())
            : "");
  }
}
