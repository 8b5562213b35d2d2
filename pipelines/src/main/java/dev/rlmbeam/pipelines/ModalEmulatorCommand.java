package dev.rlmbeam.pipelines;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlmbeam.pipelines.cli.Arguments;
import dev.rlmbeam.pipelines.cli.CommandShape;
import dev.rlmbeam.pipelines.options.Choice;
import dev.rlmbeam.pipelines.options.ModalEmulatorOptions;
import dev.rlmbeam.pipelines.options.Range;
import dev.rlmbeam.pipelines.options.TimeSpan;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.local.LocalIsolation;
import dev.rlmbeam.sandbox.testing.emulator.EmulatorOptions;
import dev.rlmbeam.sandbox.testing.emulator.Fault;
import dev.rlmbeam.sandbox.testing.emulator.ModalEmulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** {@code rlm modal-emulator}: Modal's sandboxes on this machine, until it is ended. */
final class ModalEmulatorCommand implements Command {
  private static final String USAGE =
      """
      ./rlm modal-emulator &     prints one JSON line: serverUrl, caCertificate,
                                 tokenId, tokenSecret; runs until it is ended
      MODAL_SERVER_URL=... MODAL_TOKEN_ID=... MODAL_TOKEN_SECRET=... \\
        ./rlm run --sandbox=modal --modalCaCertificate=... --input=FILE

      For tests of your own. It answers Modal's SDKs as well as rlm-beam; sandboxes
      are local processes behind the walls of local sandboxes.

      Exit codes: 0 ended, 2 it cannot start with these options.
      """;

  @Override
  public CommandShape shape() {
    return new CommandShape(
        "modal-emulator",
        "Modal's sandboxes on this machine, without an account",
        USAGE,
        List.of(),
        ModalEmulatorOptions.class,
        Set.of(),
        false);
  }

  @Override
  public ExitCode run(Arguments arguments, Console console, Interrupts interrupts)
      throws IOException, InterruptedException {
    ModalEmulatorOptions options =
        JobOptions.of(ModalEmulatorOptions.class, arguments.options()).options();
    CountDownLatch ended = new CountDownLatch(1);
    try (ModalEmulator emulator = ModalEmulator.start(emulatorOptions(options))) {
      interrupts.onFirst(ended::countDown);
      ObjectNode line = new ObjectMapper().createObjectNode();
      line.put("serverUrl", emulator.serverUrl());
      line.put("caCertificate", emulator.caCertificate().toString());
      line.put("tokenId", emulator.tokenId());
      line.put("tokenSecret", emulator.tokenSecret());
      console.out().println(line);
      console.out().flush();
      ended.await();
      return ExitCode.DONE;
    } catch (SandboxException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  private static EmulatorOptions emulatorOptions(ModalEmulatorOptions options) throws IOException {
    List<Fault> faults = new ArrayList<>();
    for (String fault : Objects.requireNonNullElse(options.getFault(), List.<String>of())) {
      try {
        faults.add(Fault.parse(fault));
      } catch (IllegalArgumentException e) {
        throw new UsageException("--fault=" + fault + ": " + e.getMessage(), e);
      }
    }
    EmulatorOptions.Builder builder =
        EmulatorOptions.builder()
            .port(Range.within("port", options.getPort(), 0, 65_535))
            .isolation(
                Choice.of("localIsolation", options.getLocalIsolation(), LocalIsolation.class))
            .tunnelLatency(TimeSpan.parseOrZero("tunnelLatency", options.getTunnelLatency()))
            .faults(faults);
    try {
      String id = options.getTokenId();
      if (id != null) {
        builder.tokenId(id);
      }
      String secret = options.getTokenSecretFile();
      if (secret != null) {
        builder.tokenSecret(Files.readString(Path.of(secret)).strip());
      }
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }
}
