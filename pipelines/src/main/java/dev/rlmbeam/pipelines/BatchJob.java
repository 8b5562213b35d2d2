package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.io.PartialResults;
import dev.rlmbeam.pipelines.io.ReadTasks;
import dev.rlmbeam.pipelines.io.RunFolder;
import dev.rlmbeam.pipelines.io.RunLock;
import dev.rlmbeam.pipelines.io.WriteOutputs;
import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.options.Choice;
import dev.rlmbeam.pipelines.options.OptionTable;
import dev.rlmbeam.pipelines.options.Range;
import dev.rlmbeam.pipelines.options.RlmPlan;
import dev.rlmbeam.pipelines.options.RunOptions;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.pipelines.report.RunDescription;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmTransform;
import dev.rlmbeam.transforms.Spread;
import dev.rlmbeam.transforms.TrajectoryPlan;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;

/**
 * A run that was checked and can start: all that can be wrong with options, input, keys, sandboxes
 * and output was tried. Immutable.
 */
final class BatchJob {
  private final RunOptions options;
  private final RlmPlan plan;
  private final TaskSource source;
  private final RunFolder folder;
  private final RunLock lock;
  private final TrajectoryPlan trajectories;
  private final RunDescription description;

  private BatchJob(
      RunOptions options,
      RlmPlan plan,
      TaskSource source,
      RunFolder folder,
      RunLock lock,
      TrajectoryPlan trajectories,
      RunDescription description) {
    this.options = options;
    this.plan = plan;
    this.source = source;
    this.folder = folder;
    this.lock = lock;
    this.trajectories = trajectories;
    this.description = description;
  }

  /** Finds the tasks of a run; what is wrong with them is a {@link UsageException}. */
  interface Sources {
    TaskSource find(RunFolder folder, String runId);
  }

  /**
   * Checks everything about a run over rows and files, and makes its folder ready.
   *
   * @throws UsageException for whatever stops it before anything is paid
   */
  static BatchJob prepare(BatchOptions options) {
    List<String> input = Objects.requireNonNullElse(options.getInput(), List.<String>of());
    return prepare(
        options,
        BatchOptions.class,
        input.isEmpty() ? "" : input.get(0),
        options.getMaxErrorRate(),
        (folder, runId) -> RowSource.of(options, folder, runId));
  }

  /**
   * Checks everything about a run, and makes its folder ready.
   *
   * @param type of the options, for the summary
   * @param name of the input, for the folder's name
   * @param errorRate share of failed elements that is no failure of the run
   * @throws UsageException for whatever stops it before anything is paid
   */
  static BatchJob prepare(
      RunOptions options,
      Class<? extends RunOptions> type,
      String name,
      double errorRate,
      Sources sources) {
    FileSystems.setDefaultPipelineOptions(options);
    Runners.check(options);
    RlmPlan plan = RlmPlan.of(options);
    double maxErrorRate = Range.within("maxErrorRate", errorRate, 0, 1);
    ZonedDateTime start = ZonedDateTime.now(ZoneId.systemDefault());
    String runId = RunPath.time(start) + "-" + UUID.randomUUID().toString().substring(0, 8);
    RunFolder folder = RunFolder.at(outputPath(options, start, name));
    TrajectoryPlan trajectories = trajectories(options, folder);
    TaskSource source = sources.find(folder, runId);
    RlmPlan.Preflight found = plan.preflight();
    folder.check(options.getOverwrite());
    RunLock lock = folder.lock();
    try {
      folder.prepare(options.getOverwrite());
      source.prepare(folder);
    } catch (RuntimeException | Error e) {
      lock.close();
      throw e;
    }
    RunDescription description =
        new RunDescription(
            runId,
            start.toInstant().toEpochMilli(),
            plan.modelDescription(),
            plan.subModel(),
            found.sandbox(),
            found.isolation(),
            Runners.name(options),
            maxErrorRate,
            OptionTable.of(type).values(options));
    return new BatchJob(options, plan, source, folder, lock, trajectories, description);
  }

  private static String outputPath(RunOptions options, ZonedDateTime start, String name) {
    String output = options.getOutput();
    if (output != null && output.isBlank()) {
      throw UsageException.ofValue("output", output, "a folder");
    }
    return output != null ? output : RunPath.at(start, name);
  }

  private static TrajectoryPlan trajectories(RunOptions options, RunFolder folder) {
    String asked = options.getTrajectories();
    String mode = asked != null ? asked : Runners.isDirect(options) ? "files" : "packed";
    return new TrajectoryPlan(
        Choice.of("trajectories", mode, TrajectoryPlan.Mode.class), folder.trajectories());
  }

  RunFolder folder() {
    return folder;
  }

  /** What keeps other runs out of the folder; whoever runs the job closes it at the end. */
  RunLock lock() {
    return lock;
  }

  /** What keeps finished tasks while the run lasts, where it works in this JVM. */
  Optional<PartialResults> partial() {
    return Runners.isDirect(options) ? folder.partialResults() : Optional.empty();
  }

  RunDescription description() {
    return description;
  }

  TaskSource source() {
    return source;
  }

  RlmPlan plan() {
    return plan;
  }

  /** The pipeline: read, answer, write. */
  Pipeline pipeline() {
    Pipeline pipeline = Pipeline.create(options);
    PCollectionTuple rows = source.read(pipeline);
    RlmTransform rlm =
        plan.transform().withRunId(description.runId()).withTrajectories(trajectories);
    if (Runners.isDirect(options)) {
      // Reading ends in the very groups that the transform would make there.
      rlm = rlm.withSpread(Spread.NONE);
      rlm = partial().map(rlm::withResultStore).orElse(rlm);
    }
    RlmTransform.Output answers = rows.get(ReadTasks.TASKS).apply("Answer", rlm);
    PCollection<RlmFailure> failures =
        PCollectionList.of(rows.get(ReadTasks.FAILURES))
            .and(answers.failures())
            .apply("Failures", Flatten.pCollections());
    new WriteOutputs(folder, description, Runners.shards(options))
        .expand(answers.results(), failures, rows.get(ReadTasks.NOTES));
    return pipeline;
  }
}
