package dev.rlmbeam.pipelines.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * {@code ./rlm ask} as a process of its own, from its start to the line that says the first turn:
 * launcher, JVM, pipeline, sandbox and the root model's answer. Started by the launcher that
 * started this process, or, in a process that none did, by the same Java and class path.
 */
final class FirstTurn implements Measurement {
  private static final String LAUNCHER = System.getProperty("rlm.launcher", "");
  private static final long SECONDS = 60;

  @Override
  public Samples take(BenchSite site, Scale scale) throws InterruptedException {
    try {
      Path folder = Files.createTempDirectory("rlm-bench-ask-");
      try {
        Path text = Files.writeString(folder.resolve("text.txt"), "The bridge was built by Ada.\n");
        return Samples.take(scale.sandboxes(), () -> firstTurn(text, folder.resolve("run")));
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long firstTurn(Path text, Path output) throws InterruptedException {
    List<String> command = launcher();
    command.addAll(
        List.of("ask", text.toString(), "Who built it?", "--output=" + output, "--overwrite"));
    long start = System.nanoTime();
    try {
      Process process =
          new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
      process.getOutputStream().close();
      long first = 0;
      try (BufferedReader err =
          new BufferedReader(
              new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
        for (String line = err.readLine(); line != null; line = err.readLine()) {
          if (first == 0 && line.startsWith("Turn 1")) {
            first = System.nanoTime() - start;
          }
        }
      } finally {
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      }
      if (first == 0 || process.exitValue() != 0) {
        throw new IllegalStateException("./rlm ask ended with " + process.exitValue());
      }
      return first;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> launcher() {
    if (!LAUNCHER.isEmpty()) {
      return new ArrayList<>(List.of(LAUNCHER));
    }
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = Objects.requireNonNullElse(System.getProperty("java.class.path"), "");
    return new ArrayList<>(
        List.of(
            java,
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classPath,
            "dev.rlmbeam.pipelines.Main"));
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
