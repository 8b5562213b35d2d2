package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is not the run's outlives the run; that of these tests is one. */
final class ApplicationPipelineTest {
  @TempDir private Path folder;

  @Test
  void returnsFromARunThatIsDone() throws Exception {
    Path rows = folder.resolve("rows.jsonl");
    Files.writeString(
        rows,
        """
        {"id": "a", "query": "What is the sum?", "context": "The sum is 12 pounds."}
        """);

    ApplicationPipeline.main(
        new String[] {"--input=" + rows, "--output=" + folder.resolve("out"), "--model=offline"});

    assertThat(Files.readString(folder.resolve("out/summary.json"))).contains("\"done\"");
  }

  @Test
  void returnsFromARunThatCannotBegin() {
    ApplicationPipeline.main(
        new String[] {
          "--input=" + folder.resolve("missing.jsonl"), "--output=" + folder.resolve("out")
        });

    assertThat(Files.exists(folder.resolve("out"))).isFalse();
  }
}
