package dev.rlmbeam.pipelines.flink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The configuration that a launcher has of Flink. Some of what concerns a job is decided there,
 * when it is submitted, whatever the cluster's own configuration says.
 */
public final class LauncherConf {
  static final String ADAPTIVE = "execution.batch.adaptive.auto-parallelism.enabled";

  private static final Pattern OFF =
      Pattern.compile("(?m)^\\s*" + Pattern.quote(ADAPTIVE) + "\\s*:\\s*[\"']?false\\b");

  private LauncherConf() {}

  /** The folder of ours, if the launcher names one and the person has none of their own. */
  public static Optional<Path> ours() {
    return System.getenv("FLINK_CONF_DIR") == null
        ? Optional.ofNullable(System.getProperty("rlm.flink.conf")).map(Path::of)
        : Optional.empty();
  }

  /**
   * Whether a batch job that is submitted with this configuration leaves it to Flink how many
   * subtasks each step has.
   *
   * @param folder that {@code --flinkConfDir} names; empty for that of {@code FLINK_CONF_DIR}
   */
  public static boolean choosesByBytes(Optional<String> folder) {
    return folder
        .or(() -> Optional.ofNullable(System.getenv("FLINK_CONF_DIR")))
        .map(Path::of)
        .filter(LauncherConf::turnsItOff)
        .isEmpty();
  }

  private static boolean turnsItOff(Path folder) {
    // The order in which Flink 1.19 looks for them.
    for (String name : new String[] {"flink-conf.yaml", "config.yaml"}) {
      Path file = folder.resolve(name);
      if (Files.isRegularFile(file)) {
        try {
          return OFF.matcher(Files.readString(file)).find();
        } catch (IOException e) {
          return false; // Flink itself will say what is wrong with it
        }
      }
    }
    return false;
  }
}
