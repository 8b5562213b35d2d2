package dev.rlmbeam.sandbox.pool;

import dev.rlmbeam.sandbox.Isolation;
import dev.rlmbeam.sandbox.Sandboxes;
import dev.rlmbeam.sandbox.repl.ContextSource;
import dev.rlmbeam.sandbox.repl.ModelQueryHandler;
import dev.rlmbeam.sandbox.repl.ReplSession;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Session slots for elements, over all sandboxes of a worker. What is leased is one session for one
 * element; a bundle only prefers the sandboxes it opened, and holds none.
 *
 * <p>Thread-safe. Who creates it closes it; that ends all sandboxes.
 */
public interface SessionPool extends AutoCloseable {

  /**
   * What a session is asked for with.
   *
   * @param name of the task, for logs and errors
   * @param contexts bound in the session, in this order
   * @param affinity key of the bundle, whose sandboxes are preferred
   * @param timeout for all of it: a slot, a sandbox, the upload
   * @param alone in a new sandbox that no other session shares, whatever the isolation
   * @param onPaid hears, when the session has ended or could not be opened, for how much of a
   *     sandbox's time it has to pay; from any thread
   */
  record Request(
      String name,
      List<ContextSource> contexts,
      String affinity,
      Duration timeout,
      boolean alone,
      Consumer<Duration> onPaid) {
    public Request {
      contexts = List.copyOf(contexts);
    }

    /** Of a session that may share its sandbox. */
    public Request(String name, List<ContextSource> contexts, String affinity, Duration timeout) {
      this(name, contexts, affinity, timeout, false);
    }

    /** Of a session for which nobody keeps account. */
    public Request(
        String name,
        List<ContextSource> contexts,
        String affinity,
        Duration timeout,
        boolean alone) {
      this(name, contexts, affinity, timeout, alone, paid -> {});
    }

    /** The same, with somebody who keeps account. */
    public Request withOnPaid(Consumer<Duration> newOnPaid) {
      return new Request(name, contexts, affinity, timeout, alone, newOnPaid);
    }
  }

  /**
   * Takes a slot, opening a sandbox if none is free, loads the contexts and opens a session.
   * Closing the session gives the slot back.
   *
   * @throws dev.rlmbeam.sandbox.SandboxException when no sandbox can be had or it was lost
   *     meanwhile
   * @throws dev.rlmbeam.sandbox.repl.ContextException when a context is at fault
   * @throws InterruptedException when interrupted; nothing is left behind
   */
  ReplSession open(Request request, ModelQueryHandler handler) throws InterruptedException;

  /**
   * A pool over these sandboxes, which stay the caller's; opens none before the first session. Logs
   * one line when the isolation cannot be had as asked.
   */
  static SessionPool over(Sandboxes sandboxes, PoolOptions options) {
    return new SandboxSessionPool(sandboxes, options);
  }

  /** How elements share sandboxes, as it really is. */
  default Isolation isolation() {
    return Isolation.BUNDLE;
  }

  /** Why {@code BUNDLE} became {@code ELEMENT}, for a person; empty if it did not. */
  default Optional<String> degradation() {
    return Optional.empty();
  }

  /** Sandboxes open at this moment. */
  int openSandboxes();

  /** Ends every session and sandbox. Idempotent; returns within a few seconds. */
  @Override
  void close();
}
