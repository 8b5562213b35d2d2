package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that is not the run's outlives the run, as a JobManager has to. */
@Timeout(120)
final class ApplicationPipelineTest {
  /** No exit code of ours. */
  private static final int OF_THE_HOST = 77;

  @TempDir private Path folder;

  /** What a cluster does: calls main, and goes on. */
  static final class Host {
    private Host() {}

    public static void main(String[] arguments) {
      ApplicationPipeline.main(arguments);
      System.exit(OF_THE_HOST);
    }
  }

  @Test
  void outlivesARunThatIsDone() throws Exception {
    Files.writeString(
        folder.resolve("rows.jsonl"),
        """
        {"id": "a", "query": "What is the sum?", "context": "The sum is 12 pounds."}
        """);

    assertThat(host("rows.jsonl")).isEqualTo(OF_THE_HOST);

    assertThat(Files.readString(folder.resolve("out/summary.json"))).contains("\"done\"");
    assertThat(Files.readString(folder.resolve("stderr"))).contains("ended with exit code 0.");
  }

  @Test
  void outlivesARunThatCannotBegin() throws Exception {
    assertThat(host("missing.jsonl")).isEqualTo(OF_THE_HOST);

    assertThat(Files.exists(folder.resolve("out"))).isFalse();
    assertThat(Files.readString(folder.resolve("stderr"))).contains("missing.jsonl");
    assertThat(Files.readString(folder.resolve("stderr"))).contains("ended with exit code 2.");
  }

  private int host(String input) throws Exception {
    List<String> arguments =
        List.of(
            "--input=" + folder.resolve(input),
            "--output=" + folder.resolve("out"),
            "--model=offline");
    try (ChildJvm child = ChildJvm.start(folder, List.of(), Host.class, arguments)) {
      assertThat(child.process().waitFor(110, TimeUnit.SECONDS)).isTrue();
      return child.process().exitValue();
    }
  }
}
