package dev.rlmbeam.sandbox.testing.sdk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.sandbox.testing.emulator.ModalEmulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program of the folder with the SDK, run by Node as a process of its own. */
final class NodeProgram {
  private static final int SECONDS = 120;

  private NodeProgram() {}

  /**
   * Runs it against an emulator, to its end.
   *
   * @param folder for what it writes
   * @param more variables beside those that say where the emulator is
   * @return its last line, which is JSON
   * @throws AssertionError with all that it wrote, when it fails
   */
  static JsonNode run(
      ModalEmulator emulator, Path folder, Map<String, String> more, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("node"));
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(OfficialSdk.FOLDER.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("MODAL_") || name.startsWith("NODE_"));
    environment.put("MODAL_CONFIG_PATH", folder.resolve("no-such-file.toml").toString());
    environment.put("MODAL_SERVER_URL", emulator.serverUrl());
    environment.put("MODAL_TOKEN_ID", emulator.tokenId());
    environment.put("MODAL_TOKEN_SECRET", emulator.tokenSecret());
    environment.put("NODE_EXTRA_CA_CERTS", emulator.caCertificate().toString());
    environment.putAll(more);
    Process process = builder.start();
    boolean ended = false;
    try {
      process.getOutputStream().close();
      ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
    } finally {
      process.destroyForcibly().waitFor();
    }
    String said = Files.readString(out);
    if (!ended || process.exitValue() != 0) {
      throw new AssertionError(
          String.format(
              "%s %s: %s%s",
              command,
              ended ? "ended with " + process.exitValue() : "did not end",
              said,
              Files.readString(err)));
    }
    String[] lines = said.strip().split("\n", -1);
    return new ObjectMapper().readTree(lines[lines.length - 1]);
  }
}
