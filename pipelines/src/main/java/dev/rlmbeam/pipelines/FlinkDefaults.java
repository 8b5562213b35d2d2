package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.flink.EvenSpread;
import dev.rlmbeam.pipelines.flink.FlinkParts;
import dev.rlmbeam.pipelines.flink.FlinkSite;
import dev.rlmbeam.pipelines.flink.LauncherConf;
import dev.rlmbeam.pipelines.flink.LocalCluster;
import dev.rlmbeam.pipelines.options.GivenOptions;
import dev.rlmbeam.pipelines.options.GivenOptions.Origin;
import dev.rlmbeam.pipelines.options.OptionTable;
import dev.rlmbeam.pipelines.options.UsageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;

/** What a run on Flink needs to be of use. Names Flink's options by their names only. */
final class FlinkDefaults {
  private static final String MASTER = "flinkMaster";
  private static final String CONF = "flinkConfDir";
  private static final String PARALLELISM = "parallelism";
  private static final String USUAL_MASTER = "127.0.0.1:8081";

  private FlinkDefaults() {}

  /** Whether a run goes to Flink: it is named, or nothing else is there. */
  static boolean apply(GivenOptions given) {
    Optional<String> runner = given.value("runner").map(name -> name.toLowerCase(Locale.ROOT));
    return runner
        .map(name -> name.equals("flink") || name.endsWith("flinkrunner"))
        .orElseGet(
            () ->
                !Runners.isPresent("org.apache.beam.runners.direct.DirectRunner")
                    && Runners.isPresent("org.apache.beam.runners.flink.FlinkRunner"));
  }

  /**
   * The options with the cluster, the jar that goes there, and how many subtasks: as many as there
   * are slots without one task manager, so that the loss of one does not stop the job; as many on
   * each.
   */
  static GivenOptions over(GivenOptions given) {
    GivenOptions all =
        given
            .orElse("runner", "FlinkRunner", Origin.RUNNER)
            // What Flink's page calls the job by; Beam would take a class of ours.
            .orElse("appName", "rlm", Origin.RUNNER)
            .orElse("attachedMode", given.value("attached").orElse("true"), Origin.RUNNER);
    Optional<Path> jar = FlinkParts.jobJarOfLauncher();
    if (jar.isEmpty()) {
      return all; // started by Flink's own client, which knows its cluster and the jar
    }
    String here = LocalCluster.address(LocalCluster.USUAL_FOLDER).orElse(USUAL_MASTER);
    all =
        all.orElse("filesToStage", staged(jar.get()), Origin.RUNNER)
            .orElse(MASTER, here, Origin.RUNNER);
    Optional<Path> conf = LauncherConf.ours();
    if (conf.isPresent()) {
      all = all.orElse(CONF, conf.get().toString(), Origin.RUNNER);
    }
    if (all.names(PARALLELISM)) {
      return all;
    }
    Optional<FlinkSite> site = all.value(MASTER).flatMap(FlinkSite::find);
    return site.isPresent()
        ? all.orElse(PARALLELISM, String.valueOf(site.get().fittingParallelism()), Origin.RUNNER)
        : all;
  }

  private static String staged(Path jar) {
    List<String> all = new ArrayList<>(List.of(jar.toString()));
    all.addAll(AddOns.jarsOfLauncher());
    return String.join(",", all);
  }

  /** On the DataStream way Beam's own spreads over key groups, by other rules. */
  static Optional<EvenSpread> spread(PipelineOptions options) {
    int given = OptionTable.number(options, PARALLELISM).orElse(0);
    boolean byClient = given < 1 && FlinkParts.jobJarOfLauncher().isEmpty();
    int parallelism = byClient ? EvenSpread.subtasksOfClient() : given;
    return parallelism > 1
            && !isTrue(options, "streaming")
            && !isTrue(options, "useDataStreamForBatch")
        ? EvenSpread.over(parallelism)
        : Optional.empty();
  }

  /** The most task managers that a job can be on. */
  static int workers(PipelineOptions options) {
    int subtasks = Math.max(1, OptionTable.number(options, PARALLELISM).orElse(1));
    return OptionTable.text(options, MASTER)
        .flatMap(FlinkSite::find)
        .map(site -> site.mostTaskManagers(subtasks))
        .orElse(subtasks);
  }

  /**
   * What a person should know of the cluster.
   *
   * @throws UsageException when it is not there, or cannot take the job
   */
  static List<String> check(PipelineOptions options) {
    if (isTrue(options, "objectReuse")) {
      throw new UsageException(
          "--objectReuse=true does not go with elements that wait for their answers; leave it out.");
    }
    String master = OptionTable.text(options, MASTER).orElse("");
    if (FlinkParts.jobJarOfLauncher().isEmpty() || FlinkSite.isWithinLauncher(master)) {
      return List.of();
    }
    FlinkSite site = FlinkSite.require(master);
    return site.check(
        OptionTable.number(options, PARALLELISM).orElse(1),
        isTrue(options, "useDataStreamForBatch")
            && !isTrue(options, "streaming")
            && LauncherConf.choosesByBytes(OptionTable.text(options, CONF)));
  }

  private static boolean isTrue(PipelineOptions options, String name) {
    return OptionTable.text(options, name).orElse("").equals("true");
  }
}
