package dev.rlmbeam.pipelines;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JVM of its own with this one's class path; closing it ends it and all that it has started. */
final class ChildJvm implements AutoCloseable {
  /**
   * Runs its arguments as a terminal would: in a process group of their own, to the whole of which
   * Ctrl-C is sent, and with signals that are not ignored, as they are below a background job.
   */
  private static final String IN_A_TERMINAL =
      """
      import os, signal, sys
      signal.signal(signal.SIGINT, signal.SIG_DFL)
      os.setsid()
      os.execv(sys.argv[1], sys.argv[1:])
      """;

  private final Process process;

  private ChildJvm(Process process) {
    this.process = process;
  }

  /**
   * Starts it; what it says goes into the files {@code stdout} and {@code stderr} of a folder.
   *
   * @param flags of the JVM
   */
  static ChildJvm start(Path folder, List<String> flags, Class<?> main, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("python3", "-c", IN_A_TERMINAL));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    return new ChildJvm(
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve("stdout").toFile())
            .redirectError(folder.resolve("stderr").toFile())
            .start());
  }

  Process process() {
    return process;
  }

  @Override
  public void close() {
    List<ProcessHandle> started = process.descendants().toList();
    process.destroyForcibly();
    started.forEach(ProcessHandle::destroyForcibly);
  }
}
