package dev.rlmbeam.sandbox.testing.emulator;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads of an emulator: one that looks at the clock, and as many as have something to do. */
final class SandboxThreads implements AutoCloseable {
  private final ScheduledThreadPoolExecutor clock;
  private final ExecutorService workers;

  SandboxThreads() {
    clock = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "emulator-clock"));
    clock.setRemoveOnCancelPolicy(true);
    AtomicInteger number = new AtomicInteger();
    workers =
        Executors.newCachedThreadPool(
            task -> daemon(task, "emulator-worker-" + number.incrementAndGet()));
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** For what may block; what comes after the end is left out. */
  Executor workers() {
    return task -> {
      try {
        workers.execute(task);
      } catch (RejectedExecutionException e) {
        // The emulator is closed, and closes what is left itself.
      }
    };
  }

  /** Does it later, unless something else ends before. */
  void later(Duration delay, CompletableFuture<?> unless, Runnable action) {
    try {
      ScheduledFuture<?> task =
          clock.schedule(
              () -> workers().execute(action), delay.toMillis() + 1, TimeUnit.MILLISECONDS);
      CompletableFuture<?> unused = unless.thenRun(() -> task.cancel(false));
    } catch (RejectedExecutionException e) {
      // The same.
    }
  }

  /** Waits a little for those at work. */
  @Override
  public void close() {
    clock.shutdownNow();
    workers.shutdown();
    try {
      if (!workers.awaitTermination(5, TimeUnit.SECONDS)) {
        workers.shutdownNow();
      }
    } catch (InterruptedException e) {
      workers.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
