package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.options.GivenOptions;
import dev.rlmbeam.pipelines.options.GivenOptions.Origin;
import dev.rlmbeam.pipelines.options.OptionTable;
import java.util.Locale;

/**
 * What a run on Dataflow needs to be of use. Names Dataflow's options by their names only. Each
 * value has its reason here and in the bundle's README.
 */
final class DataflowDefaults {
  private static final String INLINE_CONTEXT = "inlineContextLimit";

  private DataflowDefaults() {}

  /** Whether a run goes to Dataflow: nobody gets there who does not say so. */
  static boolean apply(GivenOptions given) {
    String runner = given.value("runner").map(name -> name.toLowerCase(Locale.ROOT)).orElse("");
    return runner.equals("dataflow") || runner.endsWith("dataflowrunner");
  }

  /**
   * The options with workers for elements that wait for a model most of their time, unless the user
   * says otherwise.
   *
   * @param table the options of the command
   */
  static GivenOptions over(GivenOptions given, OptionTable table) {
    GivenOptions all =
        given
            // Elements wait for models: two cores serve --maxInFlight of them. The 8 GiB hold their
            // contexts; Dataflow's own choice for a batch has less than half of that.
            .orElse("workerMachineType", "e2-standard-2", Origin.RUNNER)
            // A bundle holds a thread until its last element is done, so the one a core that
            // Dataflow takes would let a single slow element leave half of --maxInFlight unused.
            .orElse("numberOfWorkerHarnessThreads", "8", Origin.RUNNER)
            // Nothing is spilled to a worker's disk; it holds the system, the jars and logs.
            .orElse("diskSizeGb", "30", Origin.RUNNER)
            .orElse("autoscalingAlgorithm", "THROUGHPUT_BASED", Origin.RUNNER)
            // Each worker has --maxInFlight elements and their sandboxes: Dataflow's bound of 1000
            // would be tens of thousands of calls at once to one model service.
            .orElse("maxNumWorkers", "4", Origin.RUNNER);
    // Rows go through Dataflow's shuffle, where a work item's records are held in memory.
    return table.isOwn(INLINE_CONTEXT)
        ? all.orElse(INLINE_CONTEXT, String.valueOf(256 * 1024), Origin.RUNNER)
        : all;
  }
}
