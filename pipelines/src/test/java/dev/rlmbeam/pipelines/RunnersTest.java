package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.pipelines.cli.CommandLine;
import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.options.GivenOptions;
import java.util.List;
import org.apache.beam.runners.direct.DirectOptions;
import org.junit.jupiter.api.Test;

final class RunnersTest {
  @Test
  void onTheDirectRunnerEachThreadHasItsGroup() {
    BatchOptions options = options("--targetParallelism=5");

    assertThat(Runners.groups(options)).isEqualTo(5);
  }

  @Test
  void theDirectRunnerHasItsDefaultsByWhateverNameItIsCalled() {
    for (String name : List.of("DirectRunner", "directrunner", "direct", "Direct")) {
      BatchOptions options = options("--runner=" + name);

      assertThat(options.getInlineContextLimit()).isEqualTo(32 * 1024);
      assertThat(options.as(DirectOptions.class).isEnforceImmutability()).isFalse();
      assertThat(options.as(DirectOptions.class).isEnforceEncodability()).isFalse();
    }
  }

  private static BatchOptions options(String argument) {
    GivenOptions given = CommandLine.read(new RunCommand().shape(), List.of(argument)).options();
    return JobOptions.of(BatchOptions.class, given).options();
  }
}
