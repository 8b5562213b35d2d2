package dev.rlmbeam.pipelines.bench;

import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.RlmTaskCoder;
import dev.rlmbeam.transforms.RlmTransform;
import dev.rlmbeam.transforms.RunMonitor;
import dev.rlmbeam.transforms.TrajectoryPlan;
import dev.rlmbeam.transforms.model.ModelSettings;
import dev.rlmbeam.transforms.model.OpenAiModelFactory;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;

/**
 * How well a worker keeps its element slots at work: the transform on the Direct runner, with 256
 * elements in flight, each of one turn, and a model slow enough that two cores are not what bounds
 * the run. The model's server counts.
 */
final class EngineSlots implements Measurement {
  private static final int SLOTS = 256;

  private static final ServerReply TURN =
      RootScript.block("answer['content'] = context[::-1]; answer['ready'] = True");

  @Override
  public Samples take(BenchSite site, Scale scale) throws InterruptedException {
    InFlightLog log = new InFlightLog();
    Duration latency = scale.engineLatency();
    String runId = "bench-" + UUID.randomUUID();
    try (ModelServer server =
        ModelServer.start(
            call -> {
              Duration mine = spread(latency, call.number());
              log.add(System.nanoTime(), mine);
              return TURN.after(mine);
            })) {
      run(pipeline(site, server, scale.engineElements(), runId), runId);
      int elements = scale.engineElements();
      long answered = RunMonitor.of(runId).snapshot().answered();
      if (answered != elements || log.calls() != elements) {
        throw new IllegalStateException(
            String.format(
                "of %d elements %d were answered, with %d calls: %s",
                elements, answered, log.calls(), RunMonitor.of(runId).snapshot().firstFailures()));
      }
    } finally {
      RunMonitor.of(runId).end();
    }
    return new Samples(List.of(log.share(SLOTS)));
  }

  /** A quarter more or less, so that elements do not come and go in waves. */
  private static Duration spread(Duration latency, long number) {
    return latency.multipliedBy(75 + number * 37 % 51).dividedBy(100);
  }

  private static Pipeline pipeline(BenchSite site, ModelServer server, int elements, String runId) {
    Pipeline pipeline =
        Pipeline.create(
            PipelineOptionsFactory.fromArgs(
                    "--runner=DirectRunner",
                    "--targetParallelism=8",
                    "--enforceImmutability=false",
                    "--enforceEncodability=false")
                .create());
    ModelSettings settings =
        ModelSettings.builder().baseUrl(server.baseUrl()).maxConnections(SLOTS).build();
    List<RlmTask> tasks = new ArrayList<>();
    for (int i = 0; i < elements; i++) {
      tasks.add(RlmTask.of("task-" + i, "Turn it around.", "context " + i));
    }
    pipeline
        .apply(Create.of(tasks).withCoder(RlmTaskCoder.of()))
        .apply(
            RlmTransform.answering(new OpenAiModelFactory("bench-root", settings), site.factory())
                .withMaxInFlight(SLOTS)
                .withTrajectories(
                    new TrajectoryPlan(
                        TrajectoryPlan.Mode.FILES, site.resolve("engine").toString()))
                .withRunId(runId));
    return pipeline;
  }

  private static void run(Pipeline pipeline, String runId) throws InterruptedException {
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
