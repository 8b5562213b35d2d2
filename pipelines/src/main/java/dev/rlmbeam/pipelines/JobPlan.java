package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.flink.EvenSpread;
import dev.rlmbeam.pipelines.io.ReadTasks;
import dev.rlmbeam.pipelines.io.RunFolder;
import dev.rlmbeam.pipelines.io.WriteOutputs;
import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.options.Choice;
import dev.rlmbeam.pipelines.options.OptionTable;
import dev.rlmbeam.pipelines.options.Range;
import dev.rlmbeam.pipelines.options.RlmPlan;
import dev.rlmbeam.pipelines.options.RunOptions;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.pipelines.remote.ProgressFiles;
import dev.rlmbeam.pipelines.remote.RunFiles;
import dev.rlmbeam.pipelines.remote.SharedFolderFn;
import dev.rlmbeam.pipelines.report.RunDescription;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.RlmTaskCoder;
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
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;

/**
 * A run as its options describe it, read and checked; nothing is opened, called or written.
 * Immutable.
 *
 * @param options all of them
 * @param type of the options
 * @param rlm how elements are worked on
 * @param source where tasks come from
 * @param folder where the run will write
 * @param trajectories where trajectories go
 * @param start of the run
 * @param runId its name
 * @param maxErrorRate share of failed elements that is no failure of the run
 */
record JobPlan(
    RunOptions options,
    Class<? extends RunOptions> type,
    RlmPlan rlm,
    TaskSource source,
    RunFolder folder,
    TrajectoryPlan trajectories,
    ZonedDateTime start,
    String runId,
    double maxErrorRate) {

  /** Finds the tasks of a run; what is wrong with them is a {@link UsageException}. */
  interface Sources {
    TaskSource find(RunFolder folder, String runId);
  }

  /**
   * A run over rows and files.
   *
   * @throws UsageException for an option or an input that is wrong
   */
  static JobPlan of(BatchOptions options) {
    List<String> input = Objects.requireNonNullElse(options.getInput(), List.<String>of());
    return of(
        options,
        BatchOptions.class,
        input.isEmpty() ? "" : input.get(0),
        options.getMaxErrorRate(),
        (folder, runId) -> RowSource.of(options, folder, runId));
  }

  /**
   * A run over tasks from somewhere.
   *
   * @param name of the input, for the folder's name
   * @throws UsageException for an option or an input that is wrong
   */
  static JobPlan of(
      RunOptions options,
      Class<? extends RunOptions> type,
      String name,
      double errorRate,
      Sources sources) {
    FileSystems.setDefaultPipelineOptions(options);
    AddOns.check(options);
    Runners.check(options);
    RlmPlan rlm = RlmPlan.of(options);
    double maxErrorRate = Range.within("maxErrorRate", errorRate, 0, 1);
    ZonedDateTime start = ZonedDateTime.now(ZoneId.systemDefault());
    String runId = RunPath.time(start) + "-" + UUID.randomUUID().toString().substring(0, 8);
    RunFolder folder = RunFolder.at(outputPath(options, start, name));
    TrajectoryPlan trajectories = trajectories(options, folder);
    TaskSource source = sources.find(folder, runId);
    return new JobPlan(
        options, type, rlm, source, folder, trajectories, start, runId, maxErrorRate);
  }

  /** The same, worked on in another way. */
  JobPlan with(RlmPlan newRlm) {
    return new JobPlan(
        options, type, newRlm, source, folder, trajectories, start, runId, maxErrorRate);
  }

  private static String outputPath(RunOptions options, ZonedDateTime start, String name) {
    String output = options.getOutput();
    if (output != null && output.isBlank()) {
      throw UsageException.ofValue("output", output, "a folder");
    }
    return output != null ? RunPath.withTime(output, start) : RunPath.at(start, name);
  }

  private static TrajectoryPlan trajectories(RunOptions options, RunFolder folder) {
    String asked = options.getTrajectories();
    String mode = asked != null ? asked : Runners.isDirect(options) ? "files" : "packed";
    return new TrajectoryPlan(
        Choice.of("trajectories", mode, TrajectoryPlan.Mode.class), folder.trajectories());
  }

  /**
   * The run for its summary.
   *
   * @param sandbox what code runs in
   * @param isolation how elements share sandboxes
   */
  RunDescription describe(String sandbox, String isolation) {
    return new RunDescription(
        runId,
        start.toInstant().toEpochMilli(),
        rlm.modelDescription(),
        rlm.subModel(),
        sandbox,
        isolation,
        Runners.name(options),
        maxErrorRate,
        OptionTable.of(type).values(options));
  }

  /** The pipeline: read, answer, write. */
  Pipeline pipeline(RunDescription description) {
    Pipeline pipeline = Pipeline.create(options);
    PCollectionTuple rows = source.read(pipeline);
    RlmTransform answering =
        rlm.transform()
            .withSandboxSpec(rlm.sandboxSpec().withTag(SandboxSpec.JOB_TAG, options.getJobName()))
            .withRunId(runId)
            .withTrajectories(trajectories);
    if (Runners.isDirect(options)) {
      // Reading ends in the very groups that the transform would make there.
      answering = answering.withSpread(Spread.NONE);
      answering = folder.partialResults().map(answering::withResultStore).orElse(answering);
    }
    PCollection<RlmTask> tasks = rows.get(ReadTasks.TASKS);
    if (Runners.isRemote(options)) {
      RunFiles files = folder.runFiles(runId);
      answering =
          answering
              .withReports(new ProgressFiles(files))
              .withCloseGrace(Runners.REMOTE_CLOSE_GRACE);
      tasks =
          tasks
              .apply("Check worker", ParDo.of(new SharedFolderFn(files, folder.path())))
              .setCoder(RlmTaskCoder.of());
      Optional<EvenSpread> spread = Runners.spread(options);
      if (spread.isPresent()) {
        tasks = tasks.apply("Spread", spread.get());
        answering = answering.withSpread(Spread.NONE);
      }
    }
    RlmTransform.Output answers = tasks.apply("Answer", answering);
    PCollection<RlmFailure> failures =
        PCollectionList.of(rows.get(ReadTasks.FAILURES))
            .and(answers.failures())
            .apply("Failures", Flatten.pCollections());
    WriteOutputs outputs =
        new WriteOutputs(
            folder, description, Runners.shards(options), source.format(), source.include());
    if (Runners.endsAlone(options)) {
      outputs = outputs.thenClearing(folder.runFiles(runId));
    }
    outputs.expand(answers.results(), failures, rows.get(ReadTasks.NOTES));
    return pipeline;
  }
}
