package dev.rlmbeam.transforms;

import dev.rlmbeam.sandbox.Sandboxes;
import dev.rlmbeam.sandbox.pool.PoolOptions;
import dev.rlmbeam.sandbox.pool.SessionPool;
import dev.rlmbeam.sandbox.repl.ContextException;
import dev.rlmbeam.transforms.model.CallBudget;
import dev.rlmbeam.transforms.model.LanguageModel;
import dev.rlmbeam.transforms.model.ModelFactory;
import dev.rlmbeam.transforms.model.Models;
import dev.rlmbeam.transforms.rlm.FailureClass;
import dev.rlmbeam.transforms.rlm.RlmLoop;
import dev.rlmbeam.transforms.rlm.RlmOutcome;
import dev.rlmbeam.transforms.rlm.RlmOutcome.Answered;
import dev.rlmbeam.transforms.rlm.RlmOutcome.Failed;
import dev.rlmbeam.transforms.rlm.RlmQuestion;
import dev.rlmbeam.transforms.rlm.Stage;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectoryLabels;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectorySink;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectoryStore;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs elements with real models and sandboxes. Owns them, and the threads of sub-calls, which are
 * others than those of elements: an element waits in a code block for its sub-calls.
 */
final class RlmElementRunner implements ElementRunner {
  private static final AtomicInteger THREADS = new AtomicInteger();

  private final RlmConfiguration config;
  private final RunMonitor monitor;
  private final LanguageModel root;
  private final LanguageModel sub;
  private final Sandboxes sandboxes;
  private final SessionPool sessions;
  private final TrajectoryStore trajectories;
  private final ThreadPoolExecutor subCalls;

  private RlmElementRunner(
      RlmConfiguration config,
      RunMonitor monitor,
      LanguageModel root,
      LanguageModel sub,
      Sandboxes sandboxes) {
    this.config = config;
    this.monitor = monitor;
    this.root = root;
    this.sub = sub;
    this.sandboxes = sandboxes;
    this.sessions =
        SessionPool.over(
            sandboxes,
            PoolOptions.defaults()
                .withSpec(config.sandboxSpec())
                .withIsolation(config.isolation())
                .withBounds(config.sessionsPerSandbox(), config.maxSandboxes())
                .withSessionLife(config.settings().elementTimeout()));
    this.trajectories =
        TrajectoryStores.open(
            config.trajectories(), new TrajectoryLabels(root.name(), sandboxes.describe()));
    this.subCalls = subCallThreads(config.subCallThreads());
  }

  /** Opens models and sandboxes; closes what it opened if one of them cannot be had. */
  static RlmElementRunner open(RlmConfiguration config, RunMonitor monitor)
      throws InterruptedException {
    CallBudget budget =
        config.runMaxModelCalls() == 0
            ? CallBudget.unlimited()
            : CallBudget.of(config.runMaxModelCalls());
    LanguageModel root = model(config.rootModel(), budget, monitor);
    LanguageModel sub = root;
    try {
      // The same factory means the same service: one client, one limit of connections, one latch.
      if (!config.subModel().equals(config.rootModel())) {
        sub = model(config.subModel(), budget, monitor);
      }
      Sandboxes sandboxes = config.sandboxes().create();
      return new RlmElementRunner(config, monitor, root, sub, sandboxes);
    } catch (InterruptedException | RuntimeException | Error e) {
      root.close();
      sub.close();
      throw e;
    }
  }

  private static LanguageModel model(ModelFactory factory, CallBudget budget, RunMonitor monitor) {
    return new MonitoredModel(Models.latched(Models.limited(factory.create(), budget)), monitor);
  }

  @Override
  public Finished run(RlmTask task, String affinity) {
    Attempts attempts = new Attempts(config.maxAttempts(), config.settings().elementTimeout());
    RlmOutcome outcome;
    try {
      TaskContext context = new TaskContext(task.context());
      RlmQuestion question =
          new RlmQuestion(task.id(), task.query(), List.of(context), context.shape());
      outcome =
          attempts.run(
              (number, timeLeft) -> {
                RlmLoop loop =
                    new RlmLoop(
                        root,
                        sub,
                        subCalls,
                        sessions,
                        config.settings().withElementTimeout(timeLeft),
                        Clock.systemUTC());
                try (TrajectorySink sink = trajectories.open(task.id(), number)) {
                  return (number == 1 ? loop : loop.alone()).run(question, affinity, sink);
                }
              });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return cancelled(task, attempts, Stage.SANDBOX, "");
    } catch (ContextException e) {
      return new Finished.Failure(
          failure(
              task,
              attempts,
              FailureClass.CONTEXT_INVALID,
              Stage.CONTEXT,
              String.valueOf(e.getMessage()),
              ""));
    }
    sessions.degradation().ifPresent(monitor::notice);
    return finish(task, attempts, outcome);
  }

  private Finished finish(RlmTask task, Attempts attempts, RlmOutcome outcome) {
    if (outcome instanceof Answered answered) {
      return new Finished.Result(
          new RlmResult(
              task.id(),
              answered.answer(),
              answered.stopReason(),
              attempts.turns(),
              attempts.subCalls(),
              attempts.usage(),
              attempts.seconds(),
              attempts.begun(),
              config.runId()));
    }
    Failed failed = (Failed) outcome;
    if (failed.errorClass() == FailureClass.CANCELLED) {
      return cancelled(task, attempts, failed.stage(), failed.partialAnswer().orElse(""));
    }
    RlmFailure failure =
        failure(
            task,
            attempts,
            failed.errorClass(),
            failed.stage(),
            failed.message(),
            failed.partialAnswer().orElse(""));
    if (concernsAll(failed)) {
      monitor.latch(failure);
    }
    return new Finished.Failure(failure);
  }

  private Finished cancelled(RlmTask task, Attempts attempts, Stage stage, String partialAnswer) {
    String message =
        monitor.stopped()
            ? "the run was stopped while this task was under way"
            : "its bundle was aborted while this task was under way";
    return new Finished.Failure(
        failure(task, attempts, FailureClass.CANCELLED, stage, message, partialAnswer));
  }

  private RlmFailure failure(
      RlmTask task,
      Attempts attempts,
      FailureClass errorClass,
      Stage stage,
      String message,
      String partialAnswer) {
    return new RlmFailure(
        task.id(),
        errorClass,
        message,
        stage,
        task.source(),
        attempts.begun(),
        partialAnswer,
        attempts.turns(),
        attempts.subCalls(),
        attempts.usage(),
        attempts.seconds(),
        config.runId());
  }

  /** Whether any other element would meet the same failure. */
  private static boolean concernsAll(Failed failed) {
    return failed.errorClass() == FailureClass.MODEL_REFUSED
        || failed.errorClass() == FailureClass.RUN_LIMIT
        || (failed.errorClass() == FailureClass.SANDBOX_UNAVAILABLE && !failed.retryable());
  }

  private static ThreadPoolExecutor subCallThreads(int count) {
    ClassLoader loader = RlmElementRunner.class.getClassLoader();
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            count,
            count,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "rlm-sub-call-" + THREADS.incrementAndGet());
              thread.setDaemon(true);
              thread.setContextClassLoader(loader);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  @Override
  public void close() {
    subCalls.shutdownNow();
    sessions.close();
    sandboxes.close();
    trajectories.close();
    root.close();
    if (sub != root) {
      sub.close();
    }
  }
}
