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
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code rlm modal-emulator}: Modal's sandboxes on this machine, until it is ended. */
final class ModalEmulatorCommand implements Command {
  private static final Pattern SECRET =
      Pattern.compile("([A-Za-z0-9._-]+):([A-Za-z_][A-Za-z0-9_]*)=(.*)", Pattern.DOTALL);

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
    EmulatorOptions.Builder builder =
        EmulatorOptions.builder()
            .port(Range.within("port", options.getPort(), 0, 65_535))
            .isolation(
                Choice.of("localIsolation", options.getLocalIsolation(), LocalIsolation.class))
            .tunnelLatency(TimeSpan.parseOrZero("tunnelLatency", options.getTunnelLatency()))
            .authTokenLifetime(TimeSpan.parse("authTokenLifetime", options.getAuthTokenLifetime()))
            .imageBuildTime(TimeSpan.parseOrZero("imageBuildTime", options.getImageBuildTime()))
            .seed(options.getSeed())
            .proxies(list(options.getProxy()))
            .faults(list(options.getFault()).stream().map(ModalEmulatorCommand::fault).toList());
    List<String> environments = new ArrayList<>(List.of("main"));
    environments.addAll(list(options.getEnvironment()));
    secrets(options).forEach(builder::secret);
    String id = options.getTokenId();
    if (id != null) {
      builder.tokenId(id);
    }
    String secret = options.getTokenSecretFile();
    if (secret != null) {
      builder.tokenSecret(Files.readString(Path.of(secret)).strip());
    }
    try {
      return builder.environments(environments).build();
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  private static Fault fault(String text) {
    try {
      return Fault.parse(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--fault=" + text + ": " + e.getMessage(), e);
    }
  }

  private static Map<String, Map<String, String>> secrets(ModalEmulatorOptions options) {
    Map<String, Map<String, String>> secrets = new TreeMap<>();
    for (String given : list(options.getSecret())) {
      Matcher parts = SECRET.matcher(given);
      if (!parts.matches()) {
        throw new UsageException("--secret must be of the form NAME:VARIABLE=VALUE.");
      }
      secrets
          .computeIfAbsent(parts.group(1), name -> new TreeMap<>())
          .put(parts.group(2), parts.group(3));
    }
    return secrets;
  }

  private static List<String> list(@Nullable List<String> given) {
    return Objects.requireNonNullElse(given, List.of());
  }
}
