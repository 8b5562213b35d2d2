package dev.rlmbeam.pipelines.bench;

import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.RlmTaskCoder;
import dev.rlmbeam.transforms.RlmTransform;
import dev.rlmbeam.transforms.model.ModelSettings;
import dev.rlmbeam.transforms.model.OpenAiModelFactory;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.Create;

/**
 * How well a worker keeps its element slots at work: the transform on the Direct runner, with 256
 * elements in flight, each of one turn, and a model slow enough that two cores are not what bounds
 * the run. The model's server counts.
 */
final class EngineSlots implements Measurement {
  private static final int SLOTS = 256;
  private static final int PARALLELISM = 8;

  private static final ServerReply TURN =
      RootScript.block("answer['content'] = context[::-1]; answer['ready'] = True");

  @Override
  public Samples take(BenchSite site, Scale scale) throws InterruptedException {
    InFlightLog log = new InFlightLog();
    Duration latency = scale.engineLatency();
    int elements = scale.engineElements();
    try (ModelServer server =
        ModelServer.start(
            call -> {
              Duration mine = spread(latency, call.number());
              log.add(System.nanoTime(), mine);
              return TURN.after(mine);
            })) {
      BenchPipeline.run(
          site,
          BenchPipeline.newRunId(),
          PARALLELISM,
          transform(site, server),
          Create.of(tasks(elements)).withCoder(RlmTaskCoder.of()),
          elements);
      if (log.calls() != elements) {
        throw new IllegalStateException(
            "of " + elements + " elements came " + log.calls() + " calls");
      }
    }
    return new Samples(List.of(log.share(SLOTS)));
  }

  /** A quarter more or less, so that elements do not come and go in waves. */
  private static Duration spread(Duration latency, long number) {
    return latency.multipliedBy(75 + number * 37 % 51).dividedBy(100);
  }

  private static RlmTransform transform(BenchSite site, ModelServer server) {
    ModelSettings settings =
        ModelSettings.builder().baseUrl(server.baseUrl()).maxConnections(SLOTS).build();
    return RlmTransform.answering(new OpenAiModelFactory("bench-root", settings), site.factory())
        .withMaxInFlight(SLOTS);
  }

  private static List<RlmTask> tasks(int elements) {
    List<RlmTask> tasks = new ArrayList<>();
    for (int i = 0; i < elements; i++) {
      tasks.add(RlmTask.of("task-" + i, "Turn it around.", "context " + i));
    }
    return tasks;
  }
}
