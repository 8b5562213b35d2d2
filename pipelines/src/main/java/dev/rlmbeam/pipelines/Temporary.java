package dev.rlmbeam.pipelines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A file or folder of which nothing is left when it is closed, or when a signal ends the process
 * before. Thread-safe; {@link Interrupts} makes it.
 *
 * @param path where it is
 * @param open all that are not closed yet
 */
record Temporary(Path path, Set<Path> open) implements AutoCloseable {

  @Override
  public void close() throws IOException {
    delete(path);
    open.remove(path);
  }

  /** Deletes all of it that is there. */
  static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> all = Files.walk(path)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }
}
