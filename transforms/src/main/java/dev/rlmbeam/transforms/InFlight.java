package dev.rlmbeam.transforms;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One element under way. Thread-safe. */
final class InFlight {
  private final RlmTask task;
  private final ElementMeter meter = new ElementMeter();
  private final long startedNanos = System.nanoTime();
  private final AtomicBoolean claimed = new AtomicBoolean();

  @GuardedBy("this")
  private @Nullable Thread thread;

  @GuardedBy("this")
  private boolean cancelled;

  @GuardedBy("this")
  private boolean shielded;

  @GuardedBy("this")
  private boolean ended;

  InFlight(RlmTask task) {
    this.task = task;
  }

  RlmTask task() {
    return task;
  }

  /** What it has used so far. */
  ElementMeter meter() {
    return meter;
  }

  /** {@code System.nanoTime()} at its start. */
  long startedNanos() {
    return startedNanos;
  }

  /** True once, for whoever says what became of the element: nobody else may from then on. */
  boolean claim() {
    return claimed.compareAndSet(false, true);
  }

  /** Whether somebody has said, or is about to say, what became of it. */
  boolean claimed() {
    return claimed.get();
  }

  /**
   * Interrupts the element's work; what it is doing ends, and its slot is given back, soon after.
   */
  synchronized void cancel() {
    if (ended || cancelled) {
      return;
    }
    cancelled = true;
    if (thread != null && !shielded) {
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
   * Does something that no cancel may interrupt, because an interrupt would break what others use,
   * too; one that comes meanwhile is passed on afterwards. Called by the pool's thread.
   */
  void shield(Runnable work) {
    boolean before;
    synchronized (this) {
      shielded = true;
      before = cancelled;
    }
    try {
      work.run();
    } finally {
      synchronized (this) {
        shielded = false;
        if (cancelled && !before) {
          Thread.currentThread().interrupt();
        }
      }
    }
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
