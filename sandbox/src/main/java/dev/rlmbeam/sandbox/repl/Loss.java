package dev.rlmbeam.sandbox.repl;

import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxLostException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The one place where it is decided, once, that a sandbox is gone, and where whoever waits hears of
 * it. Thread-safe.
 */
final class Loss {
  private final Sandbox sandbox;
  private final CompletableFuture<SandboxLostException> lost = new CompletableFuture<>();

  /** What is under way and comes to nothing once the sandbox is lost. */
  private final Set<Runnable> cancellations = ConcurrentHashMap.newKeySet();

  Loss(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  /** Declares the sandbox lost; only the first reason counts. */
  void declare(String reason, @Nullable Throwable cause) {
    if (lost.isDone()) {
      return;
    }
    String diagnostics = sandbox.diagnostics();
    String message =
        String.format(
            "sandbox %s is lost: %s%s",
            sandbox.id(), reason, diagnostics.isEmpty() ? "" : "; its last words: " + diagnostics);
    lost.complete(
        cause == null
            ? new SandboxLostException(sandbox.id(), message)
            : new SandboxLostException(sandbox.id(), message, cause));
    cancellations.forEach(Runnable::run);
  }

  /**
   * Runs the cancellation if the sandbox is lost before {@link #unwatch}; at once if it is lost
   * already. It must not block, and must bear being run twice.
   */
  void watch(Runnable cancellation) {
    cancellations.add(cancellation);
    if (isDeclared()) {
      cancellation.run();
    }
  }

  void unwatch(Runnable cancellation) {
    cancellations.remove(cancellation);
  }

  boolean isDeclared() {
    return lost.isDone();
  }

  /** An exception with the stack of the thread that asks; the reason stays its cause. */
  SandboxLostException exception() {
    SandboxLostException reason = lost.join();
    return new SandboxLostException(sandbox.id(), String.valueOf(reason.getMessage()), reason);
  }

  void check() {
    if (lost.isDone()) {
      throw exception();
    }
  }

  /** Runs the action when the sandbox is lost, on the thread that declares it. */
  void onDeclared(Runnable action) {
    CompletableFuture<?> unused = lost.thenRun(action);
  }

  /** Waits for the time to pass, or less when the sandbox is lost. */
  void pause(Duration time) throws InterruptedException {
    try {
      lost.get(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return; // the usual case
    } catch (ExecutionException e) {
      throw new IllegalStateException("a loss is never an error", e);
    }
  }
}
