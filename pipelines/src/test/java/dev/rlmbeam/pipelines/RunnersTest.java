package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.options.CommandLine;
import java.util.List;
import org.apache.beam.runners.direct.DirectOptions;
import org.junit.jupiter.api.Test;

final class RunnersTest {
  @Test
  void onTheDirectRunnerEachThreadHasItsGroup() {
    BatchOptions options =
        CommandLine.parse(
            BatchOptions.class, Runners.withDefaults(List.of("--targetParallelism=5")));

    assertThat(Runners.groups(options)).isEqualTo(5);
  }

  @Test
  void theDirectRunnerHasItsDefaultsByWhateverNameItIsCalled() {
    for (String name : List.of("DirectRunner", "directrunner", "direct", "Direct")) {
      BatchOptions options =
          CommandLine.parse(BatchOptions.class, Runners.withDefaults(List.of("--runner=" + name)));

      assertThat(options.getInlineContextLimit()).isEqualTo(32 * 1024);
      assertThat(options.as(DirectOptions.class).isEnforceImmutability()).isFalse();
      assertThat(options.as(DirectOptions.class).isEnforceEncodability()).isFalse();
    }
  }
}
