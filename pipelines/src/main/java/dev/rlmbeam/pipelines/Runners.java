package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.flink.EvenSpread;
import dev.rlmbeam.pipelines.options.GivenOptions;
import dev.rlmbeam.pipelines.options.GivenOptions.Origin;
import dev.rlmbeam.pipelines.options.OptionTable;
import dev.rlmbeam.pipelines.options.Range;
import dev.rlmbeam.pipelines.options.RunOptions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * What differs from runner to runner. Names runners by their names only: none is needed to build.
 */
final class Runners {
  private static final String DIRECT = "DirectRunner";
  // Below this a two-core laptop would hold many elements in flight with too few bundles at work.
  private static final int LEAST_PARALLELISM = 8;
  // Enough to spread the ids of any input; few enough that a group is a bundle worth having.
  private static final int GROUPS = 16;
  // A text of this size costs nothing in a file, and thousands of them fit into any heap.
  private static final String INLINE_CONTEXT = "inlineContextLimit";
  private static final int INLINE_CONTEXT_BYTES = 32 * 1024;

  private Runners() {}

  /**
   * How long a cluster's worker keeps sandboxes open after its last subtask has ended: not at all,
   * as Flink then takes the job's classes away.
   */
  static final Duration REMOTE_CLOSE_GRACE = Duration.ZERO;

  /** Whether workers are other processes than this one, or may be. */
  static boolean isRemote(PipelineOptions options) {
    return !isDirect(options);
  }

  static boolean isDirect(PipelineOptions options) {
    return options.getRunner().getSimpleName().equals(DIRECT);
  }

  /** The runner's name for a person: {@code Direct}, {@code Flink}. */
  static String name(PipelineOptions options) {
    return options.getRunner().getSimpleName().replaceFirst("Runner$", "");
  }

  /**
   * How many files results are written to; 0 leaves it to the runner. The Direct runner would count
   * them first, which costs it more than the writing.
   */
  static int shards(PipelineOptions options) {
    return isDirect(options) ? 1 : 0;
  }

  /**
   * In how many groups tasks are put. On the Direct runner a group is a bundle, which holds a
   * thread until its last element is done: with more groups than threads some elements would wait
   * for others although there is room for them in flight, with fewer the idle threads poll. 0 for
   * one an id: other runners go through a group only once.
   */
  static int groups(PipelineOptions options) {
    return isDirect(options) ? OptionTable.number(options, "targetParallelism").orElse(GROUPS) : 0;
  }

  /** Whether no launcher waits to clear up behind the run. */
  static boolean endsAlone(RunOptions options) {
    return isRemote(options) && !options.getAttached();
  }

  /** How tasks are spread, where Beam's own way is not even. */
  static Optional<EvenSpread> spread(PipelineOptions options) {
    return name(options).equals("Flink") ? FlinkDefaults.spread(options) : Optional.empty();
  }

  /**
   * The options with what the Direct runner needs to be of use outside of tests, unless the user
   * says otherwise: no copies of every element made only to find mistakes, enough bundles, and no
   * long texts in the heap, where all that was read and not yet answered waits.
   *
   * @param table the options of the command
   */
  static GivenOptions withDefaults(GivenOptions given, OptionTable table) {
    if (FlinkDefaults.apply(given)) {
      return FlinkDefaults.over(given);
    }
    if (DataflowDefaults.apply(given)) {
      return DataflowDefaults.over(given, table);
    }
    boolean other = given.value("runner").map(name -> !namesDirect(name)).orElse(false);
    if (other || !isPresent()) {
      return given;
    }
    int parallelism = Math.max(Runtime.getRuntime().availableProcessors(), LEAST_PARALLELISM);
    GivenOptions all =
        given
            .orElse("runner", DIRECT, Origin.RUNNER)
            .orElse("enforceImmutability", "false", Origin.RUNNER)
            .orElse("enforceEncodability", "false", Origin.RUNNER)
            .orElse("targetParallelism", String.valueOf(parallelism), Origin.RUNNER);
    return table.isOwn(INLINE_CONTEXT)
        ? all.orElse(INLINE_CONTEXT, String.valueOf(INLINE_CONTEXT_BYTES), Origin.RUNNER)
        : all;
  }

  /** Beam takes {@code direct} too. */
  private static boolean namesDirect(String runner) {
    String name = runner.toLowerCase(Locale.ROOT);
    return name.equals("direct") || name.endsWith(DIRECT.toLowerCase(Locale.ROOT));
  }

  /**
   * What the runner itself would find to be wrong only once it has started.
   *
   * @throws UsageException for an option that it does not take
   */
  static void check(PipelineOptions options) {
    if (name(options).equals("Dataflow")) {
      DataflowDefaults.check(options);
    }
    OptionalInt parallelism = OptionTable.number(options, "targetParallelism");
    if (isDirect(options) && parallelism.isPresent()) {
      Range.atLeast("targetParallelism", parallelism.getAsInt(), 1);
    }
  }

  /**
   * Looks at the cluster that a run would go to, before anything is paid.
   *
   * @return what a person should know of it
   * @throws UsageException when it is not there, or cannot take the job
   */
  static List<String> checkSite(RunOptions options) {
    List<String> notices = name(options).equals("Flink") ? FlinkDefaults.check(options) : List.of();
    if (options.getSandboxQuota() != 0) {
      SandboxQuota.check(options, workers(options));
    }
    return notices;
  }

  /** The most workers that a run can have, each with its own elements in flight. */
  private static int workers(RunOptions options) {
    return switch (name(options)) {
      case "Flink" -> FlinkDefaults.workers(options);
      case "Dataflow" ->
          Math.max(
              OptionTable.number(options, "numWorkers").orElse(1),
              OptionTable.number(options, "maxNumWorkers").orElse(1));
      default -> 1;
    };
  }

  private static boolean isPresent() {
    return isPresent("org.apache.beam.runners.direct.DirectRunner");
  }

  static boolean isPresent(String runner) {
    try {
      Class.forName(runner, false, Runners.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
