package dev.rlmbeam.transforms.rlm;

import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.pool.SessionPool;
import dev.rlmbeam.sandbox.repl.ContextException;
import dev.rlmbeam.sandbox.repl.LoadedContext;
import dev.rlmbeam.sandbox.repl.ReplSession;
import dev.rlmbeam.transforms.rlm.trajectory.RunRecord;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectorySink;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of an RLM: opens its session, lets the turns go on, and makes the outcome. One thread.
 */
final class RlmRun {
  private static final Logger LOG = LoggerFactory.getLogger(RlmRun.class);

  private final RlmLoop loop;
  private final RlmQuestion question;
  private final String affinity;
  private final TrajectorySink sink;
  private final Deadline deadline;
  private final UsageLedger usage = new UsageLedger();
  private final BlockGuard guard;
  private final SubCallLog callLog;
  private final SubCalls subCalls;
  private final Turns turns;
  private Stage stage = Stage.SANDBOX;

  RlmRun(RlmLoop loop, RlmQuestion question, String affinity, TrajectorySink sink) {
    this.loop = loop;
    this.question = question;
    this.affinity = affinity;
    this.sink = sink;
    this.deadline = new Deadline(loop.clock(), loop.settings().elementTimeout());
    this.guard = new BlockGuard(deadline);
    this.callLog = new SubCallLog(sink.keeps(), loop.watcher());
    this.subCalls =
        new SubCalls(
            question.id(),
            loop.sub(),
            loop.subCallExecutor(),
            loop.settings(),
            deadline,
            usage,
            callLog,
            guard);
    RootModel root = new RootModel(loop.root(), deadline, loop.settings().modelTimeout(), usage);
    this.turns =
        new Turns(question, loop.settings(), root, deadline, sink, loop.watcher(), loop.clock());
  }

  RlmOutcome run() {
    RunRecord record =
        new RunRecord(
            question.id(),
            deadline.start(),
            loop.root().name(),
            loop.sub().name(),
            loop.settings().maxTurns(),
            loop.settings().maxSubCalls());
    sink.start(record);
    loop.watcher().started(record);
    try {
      return inSession();
    } catch (RunFailure e) {
      return failed(e);
    } catch (InterruptedException e) {
      // An outcome and not an exception, because what was paid for has to be told.
      Thread.currentThread().interrupt();
      return new RlmOutcome.Failed(
          FailureClass.CANCELLED,
          stage,
          "cancelled before it was finished",
          turns.partialAnswer(),
          false,
          cost());
    } catch (RuntimeException e) {
      LOG.warn("question={} failed unexpectedly at stage {}", question.id(), stage, e);
      return failed(RunFailure.internal(e, stage));
    } finally {
      subCalls.close();
    }
  }

  private RlmOutcome inSession() throws InterruptedException {
    ReplSession session = open();
    try {
      stage = Stage.CONTEXT;
      for (LoadedContext context : session.contexts()) {
        if (context.bytes() == 0) {
          throw RunFailure.of(
              new ContextException(
                  context.name(), "the context is empty; there is nothing to ask about"));
        }
      }
      CodeRunner code =
          new CodeRunner(session, loop.settings(), deadline, guard, loop.sub().name());
      stage = Stage.SETUP;
      code.setUp();
      stage = Stage.EXECUTE;
      String preview =
          sink.keeps() ? ContextPreview.of(question.contexts(), session.contexts()) : "";
      Optional<String> answer = turns.run(session.contexts(), code, new BlockLog(preview, callLog));
      if (answer.isPresent()) {
        return new RlmOutcome.Answered(answer.get(), StopReason.ANSWERED, cost());
      }
      return new RlmOutcome.Answered(turns.defaultAnswer(), StopReason.MAX_TURNS, cost());
    } finally {
      // First, so that a session that is being closed starts nothing more that has to be paid.
      subCalls.close();
      session.close();
    }
  }

  private ReplSession open() throws InterruptedException {
    Duration timeout = deadline.remaining();
    try {
      return loop.sessions()
          .open(
              new SessionPool.Request(
                  question.id(), question.contexts(), affinity, timeout, loop.isAlone()),
              subCalls);
    } catch (ContextException e) {
      throw RunFailure.of(e);
    } catch (SandboxException e) {
      if (deadline.passed()) {
        throw RunFailure.deadline(
            deadline, Stage.SANDBOX, "waiting for a sandbox: " + RunFailure.said(e));
      }
      throw RunFailure.of(e, Stage.SANDBOX);
    }
  }

  private RlmOutcome failed(RunFailure e) {
    return new RlmOutcome.Failed(
        e.errorClass(), e.stage(), e.text(), turns.partialAnswer(), e.retryable(), cost());
  }

  private RunCost cost() {
    return new RunCost(turns.count(), subCalls.count(), usage.snapshot(), deadline.elapsed());
  }
}
