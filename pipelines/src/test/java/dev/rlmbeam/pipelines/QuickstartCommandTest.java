package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
final class QuickstartCommandTest {

  @Test
  void showsHowAnAnswerCameAboutAndWhatIsRight(@TempDir Path folder) {
    CommandRun run = CommandRun.of("quickstart", "--output", folder.resolve("out").toString());

    assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(run.err()).contains("sandbox ");
    assertThat(run.out()).contains("14 of 16 answers are right");
    assertThat(run.out()).containsMatch("read [0-9,]+ characters in all; the document has 1,00");
    assertThat(run.out()).contains("A keyword matcher is expected to miss it");
    assertThat(run.out()).contains("./rlm run --input=");
    String report = run.out().substring(0, run.out().indexOf("\nNext:"));
    assertThat(report.lines().filter(line -> line.length() > 80).toList()).isEmpty();
  }

  @Test
  void whenNothingIsAnsweredTheExitCodeSaysSo(@TempDir Path folder) {
    CommandRun run =
        CommandRun.of(
            "quickstart",
            "--output=" + folder.resolve("out"),
            "--model=openai/none",
            "--modelBaseUrl=http://127.0.0.1:9/v1",
            "--maxRetries=0",
            "--localIsolation=none");

    assertThat(run.exitCode()).isNotEqualTo(ExitCode.DONE);
    assertThat(run.out()).contains("0 of 16 answers are right");
  }

  @Test
  void aFinishedRunIsLeftAsItIs(@TempDir Path folder) throws IOException {
    Path summary = Files.writeString(folder.resolve("summary.json"), "{}");

    CommandRun run = CommandRun.of("quickstart", "--output=" + folder);

    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("holds a finished run");
    try (var files = Files.list(folder)) {
      assertThat(files.toList()).containsExactly(summary);
    }
  }

  @Test
  void anOutputThatCannotBeWrittenIsNamedBeforeAnythingIsMade() {
    CommandRun run = CommandRun.of("quickstart", "--output=/dev/null/out");

    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("--output=/dev/null/out cannot be written");
  }

  @Test
  void itReadsItsResultsSoTheirFormatIsItsOwn() {
    CommandRun run = CommandRun.of("quickstart", "--outputFormat=csv");

    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("./rlm quickstart has its own --outputFormat");
  }

  @Test
  void itsInputIsItsOwn() {
    CommandRun run = CommandRun.of("quickstart", "--input=mine.jsonl");

    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("for your own files use ./rlm run");
  }
}
