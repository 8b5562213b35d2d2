package dev.rlmbeam.sandbox.repl;

import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxLostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A session as the host sees it: posts code blocks and waits for the events of their ends. */
final class AgentSession implements ReplSession {
  private static final Logger log = LoggerFactory.getLogger(AgentSession.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration INTERRUPT_TIMEOUT = Duration.ofSeconds(2);

  /** How long a block may go on after {@code over} has come to be true. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final int END_TRIES = 3;

  /** A restarted session decodes its contexts again; this is slow for that, on a busy machine. */
  private static final long DECODED_BYTES_A_SECOND = 20L * 1024 * 1024;

  private final String id;
  private final String sandboxId;
  private final List<LoadedContext> contexts;
  private final AgentClient client;
  private final Loss loss;
  private final SessionQueries queries;
  private final Duration grace;
  private final Duration resultMargin;
  private final SessionEnd end;
  private final AtomicInteger executions = new AtomicInteger();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Map<String, CompletableFuture<ExecutionResult>> running = new ConcurrentHashMap<>();
  private volatile Duration setupTime = Duration.ZERO;

  AgentSession(
      String id,
      String sandboxId,
      List<LoadedContext> contexts,
      AgentClient client,
      Loss loss,
      SessionQueries queries,
      Duration grace,
      Duration resultMargin,
      SessionEnd end) {
    this.id = id;
    this.sandboxId = sandboxId;
    this.contexts = List.copyOf(contexts);
    this.client = client;
    this.loss = loss;
    this.queries = queries;
    this.grace = grace;
    long bytes = contexts.stream().mapToLong(LoadedContext::bytes).sum();
    this.resultMargin = resultMargin.plusSeconds(bytes / DECODED_BYTES_A_SECOND);
    this.end = end;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String sandboxId() {
    return sandboxId;
  }

  @Override
  public List<LoadedContext> contexts() {
    return contexts;
  }

  @Override
  public ExecutionResult execute(String code, Duration timeout, BooleanSupplier over)
      throws InterruptedException {
    return run(code, timeout, over, false);
  }

  @Override
  public ExecutionResult setUp(String code, Duration timeout) throws InterruptedException {
    setupTime = setupTime.plus(timeout);
    return run(code, timeout, () -> false, true);
  }

  private ExecutionResult run(String code, Duration timeout, BooleanSupplier over, boolean setup)
      throws InterruptedException {
    if (closed.get()) {
      throw new IllegalStateException("session " + id + " is closed; open another one");
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout must be > 0, but was " + timeout);
    }
    String execution = id + "-" + executions.incrementAndGet();
    Deadline deadline = Deadline.in(timeout.plus(grace).plus(resultMargin).plus(setupTime));
    CompletableFuture<ExecutionResult> result = new CompletableFuture<>();
    running.put(execution, result);
    try {
      if (loss.isDeclared()) {
        throw loss.exception();
      }
      post(execution, code, timeout, setup, deadline);
      return await(result, execution, deadline, over);
    } catch (InterruptedException e) {
      interrupt(execution);
      throw e;
    } finally {
      running.remove(execution);
    }
  }

  private void post(
      String execution, String code, Duration timeout, boolean setup, Deadline deadline)
      throws InterruptedException {
    try {
      client.execute(id, execution, code, timeout, setup, deadline);
    } catch (AgentException e) {
      if (e.code().equals("busy")) {
        throw new IllegalStateException(
            "session " + id + " runs a block already; wait for its end", e);
      }
      // A session that has vanished may do better elsewhere; code that is too long never will.
      boolean vanished = e.code().equals("no-session");
      throw new SandboxException(sandboxId, vanished, "code was refused: " + e.getMessage(), e);
    }
  }

  private ExecutionResult await(
      CompletableFuture<ExecutionResult> result,
      String execution,
      Deadline deadline,
      BooleanSupplier over)
      throws InterruptedException {
    try {
      while (!over.getAsBoolean()) {
        long left = deadline.remaining().toNanos();
        try {
          return result.get(Math.min(left, LOOK_NANOS), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          if (left <= LOOK_NANOS) {
            throw e;
          }
        }
      }
      return end(result, execution);
    } catch (TimeoutException e) {
      loss.declare(
          "block " + execution + " is long overdue, and the agent did not tell its end", e);
      throw loss.exception();
    } catch (CancellationException e) {
      throw new SandboxException(
          sandboxId, false, "session " + id + " was closed while a block ran", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SandboxLostException) {
        throw loss.exception();
      }
      if (e.getCause() instanceof SandboxException unreadable) {
        throw new SandboxException(
            sandboxId, false, String.valueOf(unreadable.getMessage()), unreadable);
      }
      throw new IllegalStateException("a result can only be lost with its sandbox", e.getCause());
    }
  }

  /** Ends the block before its time. The agent takes over then: by a kill, if it does not stop. */
  private ExecutionResult end(CompletableFuture<ExecutionResult> result, String execution)
      throws InterruptedException, ExecutionException, TimeoutException {
    long nanos = grace.plus(resultMargin).plus(setupTime).toNanos();
    for (int tries = 1; ; tries++) {
      interrupt(execution);
      try {
        return result.get(nanos, TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        // The agent may not have heard of it.
        if (tries == END_TRIES) {
          throw e;
        }
      }
    }
  }

  /**
   * Best effort: a block that does not hear of it is ended by its timeout, or by the session's end.
   */
  private void interrupt(String execution) {
    try {
      client.interrupt(id, execution, Deadline.in(INTERRUPT_TIMEOUT));
    } catch (AgentException | SandboxException e) {
      log.debug("session={} block={} not interrupted: {}", id, execution, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  SessionQueries queries() {
    return queries;
  }

  void executed(String execution, ExecutionResult result) {
    CompletableFuture<ExecutionResult> waiting = running.get(execution);
    if (waiting != null) {
      waiting.complete(result);
    }
  }

  /** Its end was told, but nobody can read what came of it. */
  void executedUnreadably(String execution, String reason) {
    CompletableFuture<ExecutionResult> waiting = running.get(execution);
    if (waiting != null) {
      String message = "the result of block " + execution + " cannot be read: ";
      waiting.completeExceptionally(new SandboxException(sandboxId, false, message + reason));
    }
  }

  /** Called once the sandbox is declared lost: nobody has to wait any more. */
  void lost(SandboxLostException reason) {
    queries.end();
    running.values().forEach(waiting -> waiting.completeExceptionally(reason));
  }

  /** Ends a session that the agent refused to open: there is nothing to close. */
  void abandon() {
    if (closed.compareAndSet(false, true)) {
      queries.end();
      end.ended(true);
    }
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    queries.end();
    running.values().forEach(waiting -> waiting.cancel(false));
    // An interrupted thread's calls would fail at once, and the session would be left behind.
    boolean interrupted = Thread.interrupted();
    boolean clean = false;
    try {
      clean = !loss.isDeclared() && client.closeSession(id, Deadline.in(CLOSE_TIMEOUT));
    } catch (AgentException | SandboxException e) {
      log.debug("session={} sandbox={} not closed: {}", id, sandboxId, e.toString());
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      end.ended(clean);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
