package dev.rlmbeam.pipelines.bench;

import dev.rlmbeam.transforms.Finished;
import dev.rlmbeam.transforms.ResultStore;
import dev.rlmbeam.transforms.RlmResult;
import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.RlmTransform;
import dev.rlmbeam.transforms.Spread;
import dev.rlmbeam.transforms.rlm.StopReason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Elements through the whole of a run's transform, one in flight at a time, in one sandbox. An
 * element takes from the moment that the one before it was kept in the result store to the moment
 * that it is kept there itself: slot, sandbox, session, context, models, code, trajectory, and the
 * way from one element to the next.
 */
final class ElementSeries {
  private static final ConcurrentHashMap<String, List<Kept>> RUNS = new ConcurrentHashMap<>();

  private ElementSeries() {}

  private record Kept(Finished finished, long nanos) {}

  /** Keeps the time; on the Direct runner it stays in this JVM. */
  private record Watch(String runId) implements ResultStore {
    private static final long serialVersionUID = 1L;

    @Override
    public void put(String id, Finished finished) {
      List<Kept> kept = RUNS.get(runId);
      if (kept != null) {
        synchronized (kept) {
          kept.add(new Kept(finished, System.nanoTime()));
        }
      }
    }
  }

  /**
   * Runs the tasks in their order.
   *
   * @param warmUps tasks at the beginning that are not measured; 1 or more
   * @param check throws for an answer of a measured task that is wrong
   * @return the time of each other task, in milliseconds
   */
  static Samples take(
      BenchSite site,
      BenchModels models,
      List<RlmTask> tasks,
      int warmUps,
      Consumer<RlmResult> check)
      throws InterruptedException {
    String runId = BenchPipeline.newRunId();
    List<Kept> kept = new ArrayList<>();
    RUNS.put(runId, kept);
    try {
      RlmTransform transform =
          RlmTransform.answering(models.root(), site.factory())
              .withSubModel(models.sub())
              .withMaxInFlight(1)
              .withMaxSandboxes(1)
              .withSpread(Spread.NONE)
              .withResultStore(new Watch(runId));
      BenchPipeline.run(site, runId, 1, transform, new OneBundle(tasks), tasks.size());
    } finally {
      RUNS.remove(runId);
    }
    List<Double> millis = new ArrayList<>();
    for (int i = warmUps; i < tasks.size(); i++) {
      check(tasks.get(i), kept.get(i).finished(), check);
      millis.add((kept.get(i).nanos() - kept.get(i - 1).nanos()) / 1e6);
    }
    return new Samples(millis);
  }

  private static void check(RlmTask task, Finished finished, Consumer<RlmResult> check) {
    if (finished instanceof Finished.Result result
        && result.value().stopReason() == StopReason.ANSWERED
        && result.value().attempts() == 1
        && result.id().equals(task.id())) {
      check.accept(result.value());
    } else {
      throw new IllegalStateException(
          "task " + task.id() + " did not end as it should, in its turn: " + finished);
    }
  }
}
