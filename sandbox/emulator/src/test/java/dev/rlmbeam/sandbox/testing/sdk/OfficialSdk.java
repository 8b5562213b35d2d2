package dev.rlmbeam.sandbox.testing.sdk;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Modal's own SDK for JavaScript, where npm has put it. */
final class OfficialSdk {
  /** Node's programs, and the packages that they import. */
  static final Path FOLDER = Path.of("src/test/js").toAbsolutePath();

  /** The newest that these tests know. */
  static final String NEW = "modal";

  /** The last that makes sandboxes of the older kind unless told otherwise. */
  static final String OLD = "modal-0.9";

  private static final String CURE =
      "Modal's SDK is not there, which this test is about; run: (cd sandbox/emulator/src/test/js &&"
          + " npm ci), with Node 18 or newer";

  private OfficialSdk() {}

  /** Ends the test if there is no SDK: as skipped, or as failed where it has to be there. */
  static void require() {
    boolean there =
        hasNode() && Files.isRegularFile(bundle(NEW)) && Files.isRegularFile(bundle(OLD));
    if (required()) {
      assertTrue(there, CURE);
    }
    assumeTrue(there, CURE);
  }

  private static boolean hasNode() {
    String folders = System.getenv().getOrDefault("PATH", "");
    return Arrays.stream(folders.split(File.pathSeparator, -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "node")));
  }

  private static boolean required() {
    String words = System.getenv().getOrDefault("RLM_TEST_REQUIRE", "");
    return List.of(words.split(",", -1)).contains("modal-sdk");
  }

  /** All of a package, in one file. */
  static Path bundle(String name) {
    return FOLDER.resolve("node_modules").resolve(name).resolve("dist/index.js");
  }
}
