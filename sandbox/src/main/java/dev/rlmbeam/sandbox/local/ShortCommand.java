package dev.rlmbeam.sandbox.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a command that is over soon and says little: how this machine is asked what it has. */
final class ShortCommand {
  private static final int MAX_OUTPUT_BYTES = 64 * 1024;

  /** How it ended: exit code, or -1 past the timeout; stdout and stderr together. */
  record Outcome(int exit, String output) {}

  private ShortCommand() {}

  /**
   * Runs it with exactly this environment.
   *
   * @throws IOException when it cannot be started: there is no such program
   */
  static Outcome run(List<String> command, Map<String, String> environment, Duration timeout)
      throws IOException, InterruptedException {
    // To a file and not a pipe: reading a pipe would wait for whoever inherited it.
    Path output = Files.createTempFile("rlm-probe-", ".txt");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().clear();
      builder.environment().putAll(environment);
      builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
      builder.redirectOutput(output.toFile());
      Process process = builder.start();
      try {
        boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
        return new Outcome(ended ? process.exitValue() : -1, head(output));
      } finally {
        process.destroyForcibly();
      }
    } finally {
      Files.deleteIfExists(output);
    }
  }

  private static String head(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MAX_OUTPUT_BYTES), StandardCharsets.UTF_8).strip();
    }
  }
}
