package dev.rlmbeam.transforms;

import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.Sandboxes;
import dev.rlmbeam.sandbox.pool.PoolOptions;
import dev.rlmbeam.sandbox.pool.SessionPool;
import dev.rlmbeam.sandbox.repl.ContextException;
import dev.rlmbeam.transforms.model.CallBudget;
import dev.rlmbeam.transforms.model.LanguageModel;
import dev.rlmbeam.transforms.model.ModelFactory;
import dev.rlmbeam.transforms.model.Models;
import dev.rlmbeam.transforms.model.Throttle;
import dev.rlmbeam.transforms.rlm.FailureClass;
import dev.rlmbeam.transforms.rlm.RlmLoop;
import dev.rlmbeam.transforms.rlm.RlmOutcome;
import dev.rlmbeam.transforms.rlm.RlmOutcome.Answered;
import dev.rlmbeam.transforms.rlm.RlmOutcome.Failed;
import dev.rlmbeam.transforms.rlm.RlmQuestion;
import dev.rlmbeam.transforms.rlm.RlmSettings;
import dev.rlmbeam.transforms.rlm.Stage;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectoryLabels;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectorySink;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectoryStore;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs elements with real models and sandboxes. Owns them, and the threads of sub-calls, which are
 * others than those of elements: an element waits in a code block for its sub-calls.
 */
final class RlmElementRunner implements ElementRunner {
  private static final Logger LOG = LoggerFactory.getLogger(RlmElementRunner.class);

  private final RlmConfiguration config;
  private final RunMonitor monitor;
  private final LanguageModel root;
  private final LanguageModel sub;
  private final Sandboxes sandboxes;
  private final SessionPool sessions;
  private final TrajectoryStore trajectories;
  private final SubCallThreads subCalls;
  private final WorkerReports.Report report;

  private RlmElementRunner(
      RlmConfiguration config,
      RunMonitor monitor,
      LanguageModel root,
      LanguageModel sub,
      TrajectoryStore trajectories,
      Sandboxes sandboxes,
      WorkerReports.Report report) {
    this.config = config;
    this.monitor = monitor;
    this.root = root;
    this.sub = sub;
    this.sandboxes = sandboxes;
    this.trajectories = trajectories;
    this.report = report;
    this.sessions =
        SessionPool.over(
            sandboxes,
            PoolOptions.defaults()
                .withSpec(config.sandboxSpec().withTag(SandboxSpec.RUN_TAG, config.runId()))
                .withIsolation(config.isolation())
                .withBounds(config.sessionsPerSandbox(), config.maxSandboxes())
                .withSessionLife(config.settings().elementTimeout()));
    this.subCalls = new SubCallThreads(config.subCallThreads());
  }

  /** Opens models, sandboxes and trajectories; closes what it opened if one cannot be had. */
  static RlmElementRunner open(RlmConfiguration config, RunMonitor monitor)
      throws InterruptedException {
    CallBudget budget = monitor.budget(config);
    Throttle throttle = monitor.throttle(config.key());
    Deque<AutoCloseable> opened = new ArrayDeque<>();
    try {
      LanguageModel root = model(config.rootModel(), budget, throttle, monitor);
      opened.push(root);
      LanguageModel sub = root;
      // The same factory means the same service: one client, one limit of connections, one latch.
      if (!config.subModel().equals(config.rootModel())) {
        sub = model(config.subModel(), budget, throttle, monitor);
        opened.push(sub);
      }
      Sandboxes sandboxes = config.sandboxes().create();
      opened.push(sandboxes);
      TrajectoryStore trajectories =
          TrajectoryStores.open(
              config.trajectories(),
              new TrajectoryLabels(config.rootModel().service(), sandboxes.describe()));
      opened.push(trajectories);
      WorkerReports.Report report = config.reports().begin(monitor);
      opened.push(report);
      return new RlmElementRunner(config, monitor, root, sub, trajectories, sandboxes, report);
    } catch (InterruptedException | RuntimeException | Error e) {
      opened.forEach(each -> closeAfter(e, each));
      throw e;
    }
  }

  private static void closeAfter(Throwable first, AutoCloseable opened) {
    try {
      opened.close();
    } catch (Exception e) {
      first.addSuppressed(e);
    }
  }

  private static LanguageModel model(
      ModelFactory factory, CallBudget budget, Throttle throttle, RunMonitor monitor) {
    LanguageModel calling = factory.create(throttle);
    return new MonitoredModel(Models.latched(Models.limited(calling, budget)), monitor);
  }

  @Override
  public Finished run(InFlight element, String affinity) {
    RlmTask task = element.task();
    Attempts attempts = new Attempts(config.maxAttempts(), config.settings().elementTimeout());
    RlmOutcome outcome;
    try {
      TaskContext context = new TaskContext(task.context());
      RlmQuestion question =
          new RlmQuestion(task.id(), task.query(), List.of(context), context.shape());
      outcome =
          attempts.run(
              (number, timeLeft) -> {
                element.meter().begin(number);
                RlmLoop loop = loop(element, config.settings().withElementTimeout(timeLeft));
                TrajectorySink opened = trajectories.open(task.id(), number);
                try (TrajectorySink sink = new ShieldedSink(opened, element)) {
                  return (number == 1 ? loop : loop.alone()).run(question, affinity, sink);
                }
              });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return cancelled(element, attempts, Stage.SANDBOX, "");
    } catch (ContextException e) {
      return new Finished.Failure(
          failure(
              element,
              attempts,
              FailureClass.CONTEXT_INVALID,
              Stage.CONTEXT,
              String.valueOf(e.getMessage()),
              ""));
    }
    sessions.degradation().ifPresent(monitor::notice);
    if (trajectories.lost() > 0) {
      monitor.notice(
          "some trajectories could not be written to "
              + config.trajectories().directory()
              + "; answers are not affected; see the log for the first cause");
    }
    return finish(element, attempts, outcome);
  }

  private RlmLoop loop(InFlight element, RlmSettings settings) {
    return new RlmLoop(
            element.meter().around(root),
            element.meter().around(sub),
            subCalls.lane(),
            sandboxes.billed()
                ? new PaidSessions(sessions, element.meter(), config.sandboxUsdPerSecond())
                : sessions,
            settings,
            new SteadyClock())
        .watchedBy(monitor.watcher());
  }

  private Finished finish(InFlight element, Attempts attempts, RlmOutcome outcome) {
    RlmTask task = element.task();
    if (outcome instanceof Answered answered) {
      return new Finished.Result(
          new RlmResult(
              task.id(),
              answered.answer(),
              answered.stopReason(),
              attempts.turns(),
              attempts.subCalls(),
              element.meter().withSandboxes(attempts.usage()),
              attempts.seconds(),
              attempts.begun(),
              config.runId(),
              WorkerId.current(),
              task.attributes()));
    }
    Failed failed = (Failed) outcome;
    if (failed.errorClass() == FailureClass.CANCELLED) {
      return cancelled(element, attempts, failed.stage(), failed.partialAnswer().orElse(""));
    }
    RlmFailure failure =
        failure(
            element,
            attempts,
            failed.errorClass(),
            failed.stage(),
            failed.message(),
            failed.partialAnswer().orElse(""));
    if (concernsAll(failed)) {
      monitor.latch(config.key(), failure);
    }
    return new Finished.Failure(failure);
  }

  private Finished cancelled(
      InFlight element, Attempts attempts, Stage stage, String partialAnswer) {
    String message =
        monitor.stopped()
            ? "the run was stopped while this task was under way"
            : "its bundle was aborted while this task was under way";
    return new Finished.Failure(
        failure(element, attempts, FailureClass.CANCELLED, stage, message, partialAnswer));
  }

  private RlmFailure failure(
      InFlight element,
      Attempts attempts,
      FailureClass errorClass,
      Stage stage,
      String message,
      String partialAnswer) {
    RlmTask task = element.task();
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
        element.meter().withSandboxes(attempts.usage()),
        attempts.seconds(),
        config.runId(),
        WorkerId.current(),
        task.attributes());
  }

  /** Whether any other element would meet the same failure. */
  private static boolean concernsAll(Failed failed) {
    return failed.errorClass() == FailureClass.MODEL_REFUSED
        || failed.errorClass() == FailureClass.RUN_LIMIT
        || (failed.errorClass() == FailureClass.SANDBOX_UNAVAILABLE && !failed.retryable());
  }

  @Override
  public void close() {
    close(subCalls);
    close(sessions);
    close(sandboxes);
    close(trajectories);
    close(root);
    if (sub != root) {
      close(sub);
    }
    close(report);
  }

  /** What cannot be closed keeps nothing else open. */
  private static void close(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception | LinkageError e) {
      LOG.warn("{} could not be closed", part.getClass().getSimpleName(), e);
    }
  }
}
