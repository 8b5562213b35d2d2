package dev.rlmbeam.transforms;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The name of this worker process in results, failures and progress: host and process number. Tells
 * the workers of a run apart, and which of them to look at.
 */
public final class WorkerId {
  private static final String CURRENT = host() + "-" + ProcessHandle.current().pid();

  private WorkerId() {}

  /** The name, the same as long as the process lives. */
  public static String current() {
    return CURRENT;
  }

  /** As the kernel has it: to ask the network may take long. */
  private static String host() {
    try {
      String name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
      return name.isEmpty() ? "worker" : name;
    } catch (IOException | RuntimeException e) {
      return "worker"; // no Linux: the number has to do
    }
  }
}
