package dev.rlmbeam.pipelines.bench;

import dev.rlmbeam.pipelines.options.LocalSandboxesFactory;
import dev.rlmbeam.sandbox.local.LocalSandboxes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where figures are taken: sandboxes of this machine, and a folder for what a run would write.
 * Removes the folder, and ends the sandboxes, when it is closed.
 */
final class BenchSite implements AutoCloseable {
  private final LocalSandboxesFactory factory;
  private final LocalSandboxes sandboxes;
  private final Path folder;

  private BenchSite(LocalSandboxesFactory factory, LocalSandboxes sandboxes, Path folder) {
    this.factory = factory;
    this.sandboxes = sandboxes;
    this.folder = folder;
  }

  /**
   * Finds out what this machine has.
   *
   * @throws dev.rlmbeam.sandbox.SandboxSetupException when no sandbox can be had
   */
  static BenchSite open(LocalSandboxesFactory factory) {
    LocalSandboxes sandboxes = factory.createLocal();
    try {
      // With the process in its name, so that what is left behind can be told from what is in use.
      String name = "rlm-bench-" + ProcessHandle.current().pid() + "-";
      return new BenchSite(factory, sandboxes, Files.createTempDirectory(name));
    } catch (IOException e) {
      sandboxes.close();
      throw new UncheckedIOException("no temporary folder could be made", e);
    }
  }

  /** Makes the same sandboxes where a transform needs them. */
  LocalSandboxesFactory factory() {
    return factory;
  }

  LocalSandboxes sandboxes() {
    return sandboxes;
  }

  /** A place in the folder that nobody else uses by this name. */
  Path resolve(String name) {
    return folder.resolve(name);
  }

  @Override
  public void close() {
    sandboxes.close();
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> inner = all.sorted(Comparator.reverseOrder()).toList();
      for (Path path : inner) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the temporary folder " + folder + " is left behind", e);
    }
  }
}
