package dev.rlmbeam.sandbox.testing;

import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.repl.ExecutionResult;
import dev.rlmbeam.sandbox.repl.LoadedContext;
import dev.rlmbeam.sandbox.repl.ModelQueryHandler;
import dev.rlmbeam.sandbox.repl.ReplSession;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** A session of {@link ScriptedSessions}. */
final class ScriptedSession implements ReplSession {
  private static final String SANDBOX = "scripted";

  private final String id;
  private final List<LoadedContext> contexts;
  private final ScriptedSessions.Script script;
  private final ModelQueryHandler handler;
  private final Runnable atClose;
  private final AtomicInteger blocks = new AtomicInteger();
  private final AtomicBoolean closed = new AtomicBoolean();

  ScriptedSession(
      String id,
      List<LoadedContext> contexts,
      ScriptedSessions.Script script,
      ModelQueryHandler handler,
      Runnable atClose) {
    this.id = id;
    this.contexts = contexts;
    this.script = script;
    this.handler = handler;
    this.atClose = atClose;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String sandboxId() {
    return SANDBOX;
  }

  @Override
  public List<LoadedContext> contexts() {
    return contexts;
  }

  /** Only the script can ask {@code over}: nothing else ends it. */
  @Override
  public ExecutionResult execute(String code, Duration timeout, BooleanSupplier over)
      throws InterruptedException {
    return run(code, timeout, over, false);
  }

  @Override
  public ExecutionResult setUp(String code, Duration timeout) throws InterruptedException {
    return run(code, timeout, () -> false, true);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      atClose.run();
    }
  }

  private ExecutionResult run(String code, Duration timeout, BooleanSupplier over, boolean setup)
      throws InterruptedException {
    if (closed.get()) {
      throw new SandboxException(SANDBOX, false, "session " + id + " is closed");
    }
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted before the block began");
    }
    int number = blocks.incrementAndGet();
    return script.run(new ScriptedBlock(id, number, code, timeout, setup, handler, over));
  }
}
