package dev.rlmbeam.transforms.rlm;

import dev.rlmbeam.sandbox.pool.SessionPool;
import dev.rlmbeam.transforms.model.LanguageModel;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectorySink;
import java.time.Clock;
import java.util.concurrent.Executor;

/**
 * Runs Recursive Language Models: a root model that writes Python for a REPL, turn by turn, until
 * the code sets {@code answer}. Thread-safe: many runs are under way at once. It owns nothing that
 * it is given; who made the models, the executor and the pool closes them.
 */
public final class RlmLoop {
  private final LanguageModel root;
  private final LanguageModel sub;
  private final Executor subCallExecutor;
  private final SessionPool sessions;
  private final RlmSettings settings;
  private final Clock clock;
  private final boolean alone;
  private final TurnWatcher watcher;

  /**
   * @param root answers the turns
   * @param sub answers {@code llm_query()}; may be the same model
   * @param subCallExecutor runs each sub-call, which blocks its thread while it waits; it must have
   *     other threads than those that call {@link #run}, since a run waits for its sub-calls
   * @param sessions where REPL sessions come from
   */
  public RlmLoop(
      LanguageModel root,
      LanguageModel sub,
      Executor subCallExecutor,
      SessionPool sessions,
      RlmSettings settings,
      Clock clock) {
    this(root, sub, subCallExecutor, sessions, settings, clock, false, TurnWatcher.none());
  }

  private RlmLoop(
      LanguageModel root,
      LanguageModel sub,
      Executor subCallExecutor,
      SessionPool sessions,
      RlmSettings settings,
      Clock clock,
      boolean alone,
      TurnWatcher watcher) {
    this.root = root;
    this.sub = sub;
    this.subCallExecutor = subCallExecutor;
    this.sessions = sessions;
    this.settings = settings;
    this.clock = clock;
    this.alone = alone;
    this.watcher = watcher;
  }

  /**
   * The same, but each run gets a sandbox that no other run shares: for a task that was in a
   * sandbox when it was lost, so that, if it was to blame, it takes no other with it again.
   */
  public RlmLoop alone() {
    return new RlmLoop(root, sub, subCallExecutor, sessions, settings, clock, true, watcher);
  }

  /** The same, seen by a watcher as it happens. */
  public RlmLoop watchedBy(TurnWatcher seeing) {
    return new RlmLoop(root, sub, subCallExecutor, sessions, settings, clock, alone, seeing);
  }

  /**
   * Runs one RLM to its end. Blocks, for {@code elementTimeout} and the grace of a code block at
   * the longest. What goes wrong with the task is an outcome and never an exception. When it
   * returns, its session is closed and its sub-calls have ended or are cancelled.
   *
   * @param affinity key of the bundle, whose sandboxes are preferred
   * @param sink takes the trajectory; the caller closes it
   *     <p>When the thread is interrupted the outcome is a failure of class {@code CANCELLED} with
   *     what was used so far, the thread's interrupt flag is set again, and nothing is left behind.
   */
  public RlmOutcome run(RlmQuestion question, String affinity, TrajectorySink sink) {
    return new RlmRun(this, question, affinity, sink).run();
  }

  LanguageModel root() {
    return root;
  }

  LanguageModel sub() {
    return sub;
  }

  Executor subCallExecutor() {
    return subCallExecutor;
  }

  SessionPool sessions() {
    return sessions;
  }

  RlmSettings settings() {
    return settings;
  }

  Clock clock() {
    return clock;
  }

  TurnWatcher watcher() {
    return watcher;
  }

  boolean isAlone() {
    return alone;
  }
}
