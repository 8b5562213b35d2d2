package dev.rlmbeam.pipelines.modal;

import dev.rlmbeam.sandbox.TunnelTrust;
import dev.rlmbeam.sandbox.modal.ModalConfig;
import dev.rlmbeam.sandbox.modal.ModalSweep;
import dev.rlmbeam.sandbox.modal.ModalToken;
import dev.rlmbeam.sandbox.testing.emulator.ModalEmulator;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The command as processes of its own, whose Modal is an emulator. */
final class ModalCommand {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final ModalEmulator emulator;
  private final Path folder;
  private final AtomicInteger number = new AtomicInteger();

  /**
   * With these.
   *
   * @param folder for what the processes say, each in a file of its own
   */
  ModalCommand(ModalEmulator emulator, Path folder) {
    this.emulator = emulator;
    this.folder = folder;
  }

  /** What came of a process, and what it said on both streams. */
  record Outcome(int exit, String output, double seconds) {}

  /** A process that goes on; closing it kills it. */
  record Running(Process process, Path output, long startNanos) implements AutoCloseable {
    /** As the system ends a process that is to go at once: by SIGKILL. */
    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }

    Outcome await() throws IOException, InterruptedException {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("still running after " + PATIENCE + ": " + said());
      }
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      return new Outcome(process.exitValue(), said(), seconds);
    }

    String said() throws IOException {
      return Files.readString(output, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  Running start(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add("dev.rlmbeam.pipelines.Main");
    command.addAll(arguments);
    Path out = folder.resolve("said-" + number.incrementAndGet() + ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
    builder.environment().put("MODAL_TOKEN_ID", emulator.tokenId());
    builder.environment().put("MODAL_TOKEN_SECRET", emulator.tokenSecret());
    builder.environment().put("MODAL_SERVER_URL", emulator.serverUrl());
    builder.environment().put("MODAL_CONFIG_PATH", folder.resolve("none.toml").toString());
    return new Running(builder.start(), out, System.nanoTime());
  }

  /** Runs it to its end. */
  Outcome rlm(String... arguments) throws IOException, InterruptedException {
    try (Running running = start(List.of(arguments))) {
      return running.await();
    }
  }

  /** What every command with sandboxes at this emulator needs, and the rest. */
  List<String> withSandboxes(String name, Path output, String... more) {
    List<String> arguments = new ArrayList<>(List.of(name, "--sandbox=modal"));
    arguments.add("--modalCaCertificate=" + emulator.caCertificate());
    arguments.add("--output=" + output);
    arguments.add("--sandboxCreatesPerSecond=100");
    arguments.addAll(List.of(more));
    return arguments;
  }

  /** As the emulator's only user. */
  ModalConfig config() {
    return ModalConfig.of(new ModalToken(emulator.tokenId(), emulator.tokenSecret()))
        .withServerUrl(URI.create(emulator.serverUrl()));
  }

  TunnelTrust trust() {
    return TunnelTrust.alsoIn(emulator.caCertificate());
  }

  ModalSweep sweep() {
    return ModalSweep.open(config(), trust());
  }

  /** Those that Modal's own list says are running, whatever their tags. */
  List<ModalSweep.Found> listed() throws InterruptedException {
    try (ModalSweep sweep = sweep()) {
      return sweep.find("rlm-sandbox", Map.of());
    }
  }
}
