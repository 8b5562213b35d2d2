package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

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
  void itsInputIsItsOwn() {
    CommandRun run = CommandRun.of("quickstart", "--input=mine.jsonl");

    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("for your own files use ./rlm run");
  }
}
