package dev.rlmbeam.transforms;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/** One element under way. Thread-safe. */
final class InFlight {
  private final RlmTask task;
  private final long startedNanos = System.nanoTime();

  @GuardedBy("this")
  private @Nullable Thread thread;

  @GuardedBy("this")
  private boolean cancelled;

  @GuardedBy("this")
  private boolean ended;

  InFlight(RlmTask task) {
    this.task = task;
  }

  RlmTask task() {
    return task;
  }

  /** {@code System.nanoTime()} at its start. */
  long startedNanos() {
    return startedNanos;
  }

  /**
   * Interrupts the element's work; what it is doing ends, and its slot is given back, soon after.
   */
  synchronized void cancel() {
    if (ended || cancelled) {
      return;
    }
    cancelled = true;
    if (thread != null) {
      thread.interrupt();
    }
  }

  /** Called by the pool's thread before the work; false when the element was cancelled already. */
  synchronized boolean begin() {
    if (cancelled) {
      return false;
    }
    thread = Thread.currentThread();
    return true;
  }

  /**
   * Called by the pool's thread after the work, so that a late cancel cannot hit whatever the
   * thread does next.
   */
  synchronized void end() {
    ended = true;
    thread = null;
    boolean unused = Thread.interrupted();
  }
}
