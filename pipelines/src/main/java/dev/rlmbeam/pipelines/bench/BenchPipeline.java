package dev.rlmbeam.pipelines.bench;

import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.RlmTransform;
import dev.rlmbeam.transforms.RunMonitor;
import dev.rlmbeam.transforms.RunSnapshot;
import dev.rlmbeam.transforms.TrajectoryPlan;
import java.util.UUID;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/** Tasks through the transform on the Direct runner, with its settings of a run. */
final class BenchPipeline {
  private BenchPipeline() {}

  /** A name of a run that nobody else has. */
  static String newRunId() {
    return "bench-" + UUID.randomUUID();
  }

  /**
   * Runs to the end, with trajectories in files of the site.
   *
   * @param parallelism of the runner; the transform has its own
   * @param count of the tasks
   * @throws IllegalStateException when not every task was answered: a figure would mean nothing
   */
  static void run(
      BenchSite site,
      String runId,
      int parallelism,
      RlmTransform transform,
      PTransform<PBegin, PCollection<RlmTask>> tasks,
      int count)
      throws InterruptedException {
    Pipeline pipeline =
        Pipeline.create(
            PipelineOptionsFactory.fromArgs(
                    "--runner=DirectRunner",
                    "--targetParallelism=" + parallelism,
                    "--enforceImmutability=false",
                    "--enforceEncodability=false")
                .create());
    TrajectoryPlan trajectories =
        new TrajectoryPlan(TrajectoryPlan.Mode.FILES, site.resolve(runId).toString());
    pipeline
        .apply("Tasks", tasks)
        .apply("Answer", transform.withTrajectories(trajectories).withRunId(runId));
    try {
      await(pipeline, runId);
      RunSnapshot end = RunMonitor.of(runId).snapshot();
      if (end.answered() != count) {
        throw new IllegalStateException(
            String.format(
                "of %d elements %d were answered: %s", count, end.answered(), end.firstFailures()));
      }
    } finally {
      RunMonitor.of(runId).end();
    }
  }

  private static void await(Pipeline pipeline, String runId) throws InterruptedException {
    try {
      pipeline.run().waitUntilFinish();
    } catch (RuntimeException e) {
      RunMonitor.of(runId).stop();
      // The runner wraps an interrupt, which is not a fault of the run.
      if (Thread.interrupted()) {
        throw new InterruptedException("the run of the bench was interrupted");
      }
      throw e;
    }
  }
}
