package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MainTest {

  @Test
  void withoutArgumentsItSaysWhatThereIs() {
    CommandRun run = CommandRun.of();

    assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(run.out()).contains("./rlm quickstart");
    assertThat(run.out()).contains("./rlm run");
  }

  @Test
  void helpOfRunNamesEveryOptionInEightyColumns() {
    String help = CommandRun.of("help", "run").out();

    assertThat(help).contains("--maxInFlight=64");
    assertThat(help).contains("a keyword matcher, not a language model");
    assertThat(help.lines().filter(line -> line.length() > 80).toList()).isEmpty();
    assertThat(CommandRun.of("run", "--help").out()).isEqualTo(help);
  }

  @Test
  void anUnknownSubcommandIsAUsageError() {
    CommandRun run = CommandRun.of("rnu");

    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("did you mean run?");
  }

  @Test
  void aUsageErrorIsOneToThreeLinesOnStderrOnly(@TempDir Path folder) {
    CommandRun run = CommandRun.of("run", "--input=" + folder.resolve("*.jsonl"));

    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines().count()).isAtMost(3);
    assertThat(run.err()).contains("matches no file");
  }

  @Test
  void aStackTraceIsPrintedWhenAskedFor() {
    CommandRun run = CommandRun.of("run", "--inptu=x", "--stacktrace");

    assertThat(run.err()).contains("UsageException");
    assertThat(run.err()).contains("\tat ");
  }
}
