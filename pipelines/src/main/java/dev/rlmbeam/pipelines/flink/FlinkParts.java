package dev.rlmbeam.pipelines.flink;

import dev.rlmbeam.pipelines.options.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where Flink and the job's jar are on this machine, as the launcher has built them. Immutable.
 *
 * @param lib folder of Flink's libraries
 * @param logging folder of what its processes log with
 * @param jobJar the jar that is sent to a cluster
 */
public record FlinkParts(Path lib, Path logging, Path jobJar) {

  /**
   * Those that the launcher names.
   *
   * @throws UsageException when it names none: this is not its process
   */
  public static FlinkParts ofLauncher() {
    return new FlinkParts(path("rlm.flink.lib"), path("rlm.flink.logging"), path("rlm.flink.jar"));
  }

  /** The job's jar, if the launcher names one. */
  public static Optional<Path> jobJarOfLauncher() {
    return Optional.ofNullable(System.getProperty("rlm.flink.jar")).map(Path::of);
  }

  private static Path path(String property) {
    String value = System.getProperty(property);
    if (value == null || !Files.exists(Path.of(value))) {
      throw new UsageException(
          "Flink's libraries are not there: start this with ./rlm, which builds them.");
    }
    return Path.of(value);
  }
}
