package dev.rlmbeam.sandbox.testing.sdk;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Modal's own SDK for JavaScript, where npm has put it. Tests that this extends are skipped without
 * it, and fail where it has to be there: where {@code RLM_TEST_REQUIRE} has {@code modal-sdk}.
 */
final class OfficialSdk implements ExecutionCondition, BeforeAllCallback {
  private static final Logger log = LoggerFactory.getLogger(OfficialSdk.class);

  /** Node's programs, and the packages that they import. */
  static final Path FOLDER = Path.of("src/test/js").toAbsolutePath();

  /** The newest that these tests know. */
  static final String NEW = "modal";

  /** The last that makes sandboxes of the older kind unless told otherwise. */
  static final String OLD = "modal-0.9";

  private static final String CURE =
      "Modal's SDK is not there, which this test is about; run: (cd sandbox/emulator/src/test/js &&"
          + " npm ci), with Node 18 or newer";

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (isThere() || isRequired()) {
      return ConditionEvaluationResult.enabled("");
    }
    log.warn("{} is skipped. {}", context.getDisplayName(), CURE);
    return ConditionEvaluationResult.disabled(CURE);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    assertTrue(isThere(), CURE);
  }

  private static boolean isThere() {
    return hasNode() && Files.isRegularFile(bundle(NEW)) && Files.isRegularFile(bundle(OLD));
  }

  private static boolean hasNode() {
    String folders = System.getenv().getOrDefault("PATH", "");
    return Arrays.stream(folders.split(File.pathSeparator, -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "node")));
  }

  private static boolean isRequired() {
    String words = System.getenv().getOrDefault("RLM_TEST_REQUIRE", "");
    return List.of(words.split(",", -1)).contains("modal-sdk");
  }

  /** All of a package, in one file. */
  static Path bundle(String name) {
    return FOLDER.resolve("node_modules").resolve(name).resolve("dist/index.js");
  }
}
