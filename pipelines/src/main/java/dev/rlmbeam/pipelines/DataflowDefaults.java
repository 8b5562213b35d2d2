package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.options.GivenOptions;
import dev.rlmbeam.pipelines.options.GivenOptions.Origin;
import dev.rlmbeam.pipelines.options.OptionTable;
import dev.rlmbeam.pipelines.options.UsageException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * What a run on Dataflow needs to be of use. Names Dataflow's options by their names only. Each
 * value has its reason here and in the bundle's README.
 */
final class DataflowDefaults {
  private static final String GOOGLE_OPTIONS =
      "org.apache.beam.sdk.extensions.gcp.options.GcpOptions";
  private static final String TEMPLATE = "templateLocation";
  private static final String INLINE_CONTEXT = "inlineContextLimit";

  private DataflowDefaults() {}

  /** Whether a run goes to Dataflow: it is named, or a template of Dataflow's is to be made. */
  static boolean apply(GivenOptions given) {
    Optional<String> runner = given.value("runner").map(name -> name.toLowerCase(Locale.ROOT));
    return runner
        .map(name -> name.equals("dataflow") || name.endsWith("dataflowrunner"))
        .orElse(given.names(TEMPLATE));
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
            .orElse("runner", "DataflowRunner", Origin.RUNNER)
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
    // A template is only written: its launcher starts the job when this process has ended well.
    all = given.names(TEMPLATE) ? all.orElse("attached", "false", Origin.RUNNER) : all;
    // Rows go through Dataflow's shuffle, where a work item's records are held in memory.
    return table.isOwn(INLINE_CONTEXT)
        ? all.orElse(INLINE_CONTEXT, String.valueOf(256 * 1024), Origin.RUNNER)
        : all;
  }

  /**
   * Looks for what would be found out only after minutes, or on the workers.
   *
   * @throws UsageException for a path of this machine, or when there are no credentials
   */
  static void check(PipelineOptions options) {
    BatchOptions run = options.as(BatchOptions.class);
    checkReachable("output", Objects.requireNonNullElse(run.getOutput(), ""));
    for (String input : Objects.requireNonNullElse(run.getInput(), List.<String>of())) {
      checkReachable("input", input);
    }
    checkCredentials(options);
  }

  private static void checkReachable(String option, String path) {
    if (!path.contains("://")) {
      throw new UsageException(
          (path.isEmpty()
                  ? "--" + option + " is missing"
                  : "--" + option + "=" + path + " is a path of this machine")
              + ", and Dataflow's workers are others.\nGive one that they reach, such as gs://BUCKET/"
              + option
              + (path.startsWith("/") ? ", or file://" + path + " if it is mounted there too" : "")
              + ".");
    }
  }

  /**
   * Looks for the launcher's credentials: without them Google's client would try each file of the
   * output again and again before it says so.
   *
   * @throws UsageException when there are none
   */
  private static void checkCredentials(PipelineOptions options) {
    try {
      Class<? extends PipelineOptions> google =
          Class.forName(GOOGLE_OPTIONS).asSubclass(PipelineOptions.class);
      if (google.getMethod("getGcpCredential").invoke(options.as(google)) == null) {
        throw new UsageException(
            "There are no Google credentials here, which --runner=DataflowRunner needs.\nMake some with"
                + " gcloud auth application-default login, or name a key file in"
                + " GOOGLE_APPLICATION_CREDENTIALS.");
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Beam's options for Google are not what they were", e);
    }
  }
}
