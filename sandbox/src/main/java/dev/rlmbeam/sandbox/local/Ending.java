package dev.rlmbeam.sandbox.local;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The end of something that several threads may want to end: one does it, the others wait for it,
 * as what they do next counts on it. Thread-safe.
 */
final class Ending {
  /** Longer than any end takes. */
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final AtomicBoolean begun = new AtomicBoolean();
  private final CountDownLatch done = new CountDownLatch(1);

  /** What ends it. */
  interface Work {
    void run() throws InterruptedException;
  }

  boolean begun() {
    return begun.get();
  }

  /**
   * Does the work unless it was begun before; returns when it is done. An interrupt that comes
   * meanwhile is passed on: a thread that was interrupted could not wait for processes, and would
   * leave them behind.
   *
   * @param after done even if the work throws
   */
  void run(Work work, Runnable after) {
    boolean first = begun.compareAndSet(false, true);
    boolean interrupted = Thread.interrupted();
    try {
      if (first) {
        work.run();
      } else {
        boolean unused = done.await(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (first) {
        after.run();
        done.countDown();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
