package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.io.InputListing;
import dev.rlmbeam.pipelines.io.InputSettings;
import dev.rlmbeam.pipelines.io.OutputFormat;
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
 * A batch run that was checked and can start: all that can be wrong with options, input, keys,
 * sandboxes and output was tried. Immutable.
 */
final class BatchJob {
  private final BatchOptions options;
  private final RlmPlan plan;
  private final InputSettings input;
  private final InputListing files;
  private final RunFolder folder;
  private final RunLock lock;
  private final TrajectoryPlan trajectories;
  private final RunDescription description;
  private final OutputFormat format;

  private BatchJob(
      BatchOptions options,
      RlmPlan plan,
      InputSettings input,
      InputListing files,
      RunFolder folder,
      RunLock lock,
      TrajectoryPlan trajectories,
      RunDescription description,
      OutputFormat format) {
    this.options = options;
    this.plan = plan;
    this.input = input;
    this.files = files;
    this.folder = folder;
    this.lock = lock;
    this.trajectories = trajectories;
    this.description = description;
    this.format = format;
  }

  /**
   * Checks everything about a run, and makes its folder ready.
   *
   * @throws UsageException for whatever stops it before anything is paid
   */
  static BatchJob prepare(BatchOptions options) {
    FileSystems.setDefaultPipelineOptions(options);
    Runners.check(options);
    RlmPlan plan = RlmPlan.of(options);
    double maxErrorRate = Range.within("maxErrorRate", options.getMaxErrorRate(), 0, 1);
    ZonedDateTime start = ZonedDateTime.now(ZoneId.systemDefault());
    String runId = RunPath.time(start) + "-" + UUID.randomUUID().toString().substring(0, 8);
    RunFolder folder = RunFolder.at(outputPath(options, start));
    InputSettings input = InputSettings.of(options, folder.contexts(), runId);
    TrajectoryPlan trajectories = trajectories(options, folder);
    OutputFormat format = OutputFormat.of(options);
    InputListing files = InputListing.of(input, folder);
    RlmPlan.Preflight found = plan.preflight();
    folder.check(options.getOverwrite());
    RunLock lock = folder.lock();
    try {
      folder.prepare(options.getOverwrite());
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
            OptionTable.of(BatchOptions.class).values(options));
    return new BatchJob(
        options, plan, input, files, folder, lock, trajectories, description, format);
  }

  private static String outputPath(BatchOptions options, ZonedDateTime start) {
    String output = options.getOutput();
    if (output != null) {
      if (output.isBlank()) {
        throw UsageException.ofValue("output", output, "a folder");
      }
      return output;
    }
    List<String> input = Objects.requireNonNullElse(options.getInput(), List.<String>of());
    return RunPath.at(start, input.isEmpty() ? "" : input.get(0));
  }

  private static TrajectoryPlan trajectories(BatchOptions options, RunFolder folder) {
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

  InputListing files() {
    return files;
  }

  RlmPlan plan() {
    return plan;
  }

  /** The pipeline: read, answer, write. */
  Pipeline pipeline() {
    Pipeline pipeline = Pipeline.create(options);
    PCollectionTuple rows =
        pipeline.apply("Read", new ReadTasks(input, files, Runners.groups(options)));
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
    new WriteOutputs(folder, description, Runners.shards(options), format, input.include())
        .expand(answers.results(), failures, rows.get(ReadTasks.NOTES));
    return pipeline;
  }
}
