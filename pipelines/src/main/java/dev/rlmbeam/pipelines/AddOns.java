package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.options.RunOptions;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.transforms.FileSystemAddOn;
import java.util.Arrays;
import java.util.List;

/** File systems beside a runner's bundle, which the launcher puts on the class path. */
final class AddOns {
  private static final String JARS = "rlm.addOns";

  private AddOns() {}

  /** The jars that the launcher has added, for a cluster to get them too. */
  static List<String> jarsOfLauncher() {
    return Arrays.stream(System.getProperty(JARS, "").split(","))
        .filter(jar -> !jar.isEmpty())
        .toList();
  }

  /**
   * Whether those that a person named are there.
   *
   * @throws UsageException when one is not
   */
  static void check(RunOptions options) {
    List<String> named = options.getAddOns();
    if (named == null) {
      return;
    }
    for (String name : named) {
      FileSystemAddOn addOn =
          FileSystemAddOn.of(name)
              .orElseThrow(
                  () ->
                      new UsageException(
                          "--addOns="
                              + name
                              + ": there is no such add-on; there are "
                              + FileSystemAddOn.names()
                              + "."));
      if (!addOn.isPresent()) {
        throw new UsageException(
            "--addOns="
                + name
                + " is not on the class path: start with ./rlm, which builds it, and name it on the"
                + " command line, or in one line of the file of --config (addOns: "
                + name
                + ").");
      }
    }
  }
}
