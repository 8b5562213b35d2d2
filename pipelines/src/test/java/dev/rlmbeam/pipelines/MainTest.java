package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.options.OptionTable;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MainTest {

  @Test
  void withoutArgumentsItSaysWhatThereIs() {
    CommandRun run = CommandRun.of();

    assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
    for (String command : List.of("quickstart", "run", "bench", "completion", "--version")) {
      assertThat(run.out()).contains(command);
    }
    assertThat(CommandRun.of("--help").out()).isEqualTo(run.out());
  }

  @Test
  void theVersionIsThatOfTheBuild() {
    assertThat(CommandRun.of("--version").out()).matches("rlm-beam \\d+\\.\\d+\\.\\d+.*\\R");
  }

  @Test
  void allOfHelpIsInFullAndNamesTheRunnersOptions() {
    String all = CommandRun.of("run", "--help=all").out();

    assertThat(all).contains("--targetParallelism=");
    assertThat(all).contains("exit code 3");
    assertThat(CommandRun.of("run", "--help").out()).doesNotContain("--targetParallelism");
  }

  @Test
  void helpOfRunNamesEveryOptionInEightyColumns() {
    String help = CommandRun.of("help", "run").out();

    assertThat(help).contains("--maxInFlight=N");
    assertThat(help).containsMatch("a keyword matcher, not a\\s+language model");
    String all = CommandRun.of("run", "--help=all").out();
    for (OptionTable.Option option : OptionTable.of(BatchOptions.class).own()) {
      assertThat(all).contains("--" + option.name() + (option.isFlag() ? "" : "="));
      if (!option.rare()) {
        assertThat(help).contains("--" + option.name());
      }
    }
    assertThat(help).contains("--sandboxPipInstall");
    assertThat(help).doesNotContain("--sandboxProxy");
    assertThat(help.lines().filter(line -> line.length() > 80).toList()).isEmpty();
    // Two screens of fifty lines.
    assertThat(help.lines().count()).isAtMost(100);
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--fault=earthquake",
        "--fault=rpc-slow",
        "--port=70000",
        "--secret=hub",
        "--tokenId=me",
        "--authTokenLifetime=0",
      })
  void whatAnEmulatorCannotMeanIsAUsageError(String option) {
    CommandRun run = CommandRun.of("modal-emulator", option);

    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).isNotEmpty();
    assertThat(run.err()).doesNotContain("Exception");
  }
}
