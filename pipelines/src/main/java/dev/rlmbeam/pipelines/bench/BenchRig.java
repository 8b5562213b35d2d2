package dev.rlmbeam.pipelines.bench;

import dev.rlmbeam.sandbox.Sandboxes;
import dev.rlmbeam.sandbox.pool.PoolOptions;
import dev.rlmbeam.sandbox.pool.SessionPool;
import dev.rlmbeam.transforms.model.CallBudget;
import dev.rlmbeam.transforms.model.LanguageModel;
import dev.rlmbeam.transforms.model.ModelFactory;
import dev.rlmbeam.transforms.model.Models;
import dev.rlmbeam.transforms.rlm.ContextShape;
import dev.rlmbeam.transforms.rlm.FailureClass;
import dev.rlmbeam.transforms.rlm.RlmLoop;
import dev.rlmbeam.transforms.rlm.RlmOutcome;
import dev.rlmbeam.transforms.rlm.RlmQuestion;
import dev.rlmbeam.transforms.rlm.RlmSettings;
import dev.rlmbeam.transforms.rlm.StopReason;
import dev.rlmbeam.transforms.rlm.trajectory.PromptHistory;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectoryFiles;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectoryFolder;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectoryLabels;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectorySink;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectoryStore;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The parts of a worker, without the transform around them: models behind HTTP, sandboxes behind
 * their tunnels, the turn loop, trajectories in files. For what a session's code measures itself,
 * which is the same with the transform. Thread-safe; closing it ends all of it but the sandboxes'
 * maker.
 */
final class BenchRig implements AutoCloseable {
  private static final int SUB_CALL_THREADS = 64;

  private final AtomicInteger runs = new AtomicInteger();
  private final BenchModels models;
  private final LanguageModel root;
  private final LanguageModel sub;
  private final SessionPool sessions;
  private final TrajectoryStore trajectories;
  private final ExecutorService threads;
  private final RlmLoop loop;

  private BenchRig(
      BenchSite site,
      Sandboxes sandboxes,
      PoolOptions options,
      RootScript script,
      Duration latency) {
    models = BenchModels.start(script, latency);
    root = model(models.root());
    sub = model(models.sub());
    sessions = SessionPool.over(sandboxes, options);
    trajectories =
        new TrajectoryFiles(
            TrajectoryFolder.local(site.resolve("trajectories")),
            new TrajectoryLabels("bench", sandboxes.describe()),
            PromptHistory.NEW_ONLY);
    AtomicInteger number = new AtomicInteger();
    threads =
        Executors.newFixedThreadPool(
            SUB_CALL_THREADS,
            task -> {
              Thread thread = new Thread(task, "bench-sub-call-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    loop = new RlmLoop(root, sub, threads, sessions, RlmSettings.defaults(), Clock.systemUTC());
  }

  /** A rig without a model's latency, over the site's own sandboxes. */
  static BenchRig open(BenchSite site, RootScript script) {
    return open(site, site.sandboxes(), PoolOptions.defaults(), script, Duration.ZERO);
  }

  /** A rig whose sub-model takes its time. */
  static BenchRig open(BenchSite site, RootScript script, Duration latency) {
    return open(site, site.sandboxes(), PoolOptions.defaults(), script, latency);
  }

  /**
   * A rig.
   *
   * @param latency of the sub-model
   */
  static BenchRig open(
      BenchSite site,
      Sandboxes sandboxes,
      PoolOptions options,
      RootScript script,
      Duration latency) {
    return new BenchRig(site, sandboxes, options, script, latency);
  }

  private static LanguageModel model(ModelFactory factory) {
    return Models.latched(Models.limited(factory.create(), CallBudget.unlimited()));
  }

  /** Sub-calls that the model server has counted. */
  long subCalls() {
    return models.subCalls();
  }

  /**
   * Runs one RLM, from its session to the end of its trajectory's file.
   *
   * @return the answer
   * @throws IllegalStateException when there is none: a figure would mean nothing
   */
  String run() throws InterruptedException {
    String id = "bench-" + runs.incrementAndGet();
    // Another text each time, as tasks have; one that is known already would not be uploaded.
    String text = "A short context, number " + id + ".";
    RlmQuestion question =
        new RlmQuestion(
            id, "Measure.", List.of(new InlineContext(text)), ContextShape.ofText(text));
    try (TrajectorySink sink = trajectories.open(id, 1)) {
      return answer(loop.run(question, "bench", sink));
    }
  }

  private String answer(RlmOutcome outcome) throws InterruptedException {
    if (outcome instanceof RlmOutcome.Failed failed
        && failed.errorClass() == FailureClass.CANCELLED) {
      throw new InterruptedException(failed.message());
    }
    if (trajectories.lost() > 0) {
      throw new IllegalStateException("a trajectory could not be written");
    }
    if (outcome instanceof RlmOutcome.Answered answered
        && answered.stopReason() == StopReason.ANSWERED) {
      return answered.answer();
    }
    throw new IllegalStateException("an RLM of the bench did not end as it should: " + outcome);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    sessions.close();
    trajectories.close();
    root.close();
    sub.close();
    models.close();
  }
}
