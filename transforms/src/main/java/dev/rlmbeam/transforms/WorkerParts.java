package dev.rlmbeam.transforms;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a {@link WorkerRuntime} has open: the element threads and the {@link ElementRunner}, each
 * made when it is first asked for. Thread-safe.
 */
final class WorkerParts {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerParts.class);
  private static final AtomicInteger THREADS = new AtomicInteger();

  /** Makes a runner; may take long, and is interrupted when nobody wants it any more. */
  interface Opening {
    ElementRunner open() throws InterruptedException;
  }

  private final Opening opening;

  /**
   * Held while a runner is opened, by element threads alone. The bundles' threads take only the
   * monitor, which nobody holds for long: one that waits emits nothing.
   */
  private final ReentrantLock openingLock = new ReentrantLock();

  @GuardedBy("this")
  private @Nullable ElementRunner runner;

  @GuardedBy("this")
  private @Nullable ThreadPoolExecutor threads;

  @GuardedBy("this")
  private boolean retired;

  WorkerParts(Opening opening) {
    this.opening = opening;
  }

  synchronized ThreadPoolExecutor threads() {
    if (threads == null) {
      ClassLoader loader = WorkerParts.class.getClassLoader();
      // Unbounded on purpose: the slots are the bound, and a queue here would be a second, hidden
      // one.
      threads =
          new ThreadPoolExecutor(
              0,
              Integer.MAX_VALUE,
              10,
              TimeUnit.SECONDS,
              new SynchronousQueue<>(),
              task -> {
                Thread thread = new Thread(task, "rlm-element-" + THREADS.incrementAndGet());
                thread.setDaemon(true);
                thread.setContextClassLoader(loader);
                return thread;
              },
              // The pool was detached in the moment between the look at it and this.
              (task, pool) -> threads().execute(task));
    }
    return threads;
  }

  /**
   * The runner, opened by the first who asks.
   *
   * @throws InterruptedException when interrupted, or when everything was closed for good
   */
  ElementRunner runner() throws InterruptedException {
    openingLock.lockInterruptibly();
    try {
      ElementRunner open = openRunner();
      if (open != null) {
        return open;
      }
      ElementRunner opened = opening.open();
      if (keep(opened)) {
        return opened;
      }
      opened.close();
      throw new InterruptedException("the run was ended");
    } finally {
      openingLock.unlock();
    }
  }

  private synchronized @Nullable ElementRunner openRunner() throws InterruptedException {
    if (retired) {
      throw new InterruptedException("the run was ended");
    }
    return runner;
  }

  private synchronized boolean keep(ElementRunner opened) {
    if (!retired) {
      runner = opened;
    }
    return !retired;
  }

  synchronized boolean retired() {
    return retired;
  }

  /**
   * Takes everything away, so that whoever asks next gets new parts, and none after {@code
   * forGood}. What is returned closes what was taken, within a few seconds.
   */
  synchronized Runnable detach(boolean forGood) {
    retired |= forGood;
    ThreadPoolExecutor oldThreads = threads;
    ElementRunner oldRunner = runner;
    threads = null;
    runner = null;
    return () -> close(oldThreads, oldRunner);
  }

  private static void close(
      @Nullable ThreadPoolExecutor oldThreads, @Nullable ElementRunner oldRunner) {
    if (oldThreads != null) {
      oldThreads.shutdown();
    }
    if (oldRunner != null) {
      oldRunner.close();
    }
    if (oldThreads != null) {
      awaitEnd(oldThreads);
    }
  }

  private static void awaitEnd(ThreadPoolExecutor pool) {
    try {
      if (!pool.awaitTermination(5, TimeUnit.SECONDS)) {
        LOG.warn("{} element threads did not end within 5 s", pool.getActiveCount());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
