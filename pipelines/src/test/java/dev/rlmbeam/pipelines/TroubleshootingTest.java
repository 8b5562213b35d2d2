package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertWithMessage;

import dev.rlmbeam.transforms.rlm.FailureClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code docs/troubleshooting.md} has a row for each way in which an element may fail. */
final class TroubleshootingTest {

  @Test
  void eachClassOfFailureHasItsRow() throws IOException {
    String page = Files.readString(Path.of("../docs/troubleshooting.md"));
    for (FailureClass each : FailureClass.values()) {
      assertWithMessage("%s", each).that(page).contains("`" + each + "`");
    }
  }
}
