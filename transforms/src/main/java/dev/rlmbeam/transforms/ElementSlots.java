package dev.rlmbeam.transforms;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many elements a worker has in flight, and how many bytes of context they hold. First come,
 * first served, so that a large element is not passed for ever by small ones; one larger than the
 * whole budget is admitted when nothing else is in flight.
 *
 * <p>Thread-safe. A slot is given back by the thread that finished the element, never by emission:
 * whoever waits here may be the very one that emission waits for.
 */
final class ElementSlots {
  private final int maxCount;
  private final long maxBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private final Deque<Request> waiting = new ArrayDeque<>();

  @GuardedBy("lock")
  private int count;

  @GuardedBy("lock")
  private long bytes;

  ElementSlots(int maxCount, long maxBytes) {
    this.maxCount = maxCount;
    this.maxBytes = maxBytes;
  }

  /**
   * Gets in line. The request ends by {@link Request#await} returning true, or by {@link
   * Request#release}.
   */
  Request request(long elementBytes) {
    Request request = new Request(Math.max(0, elementBytes));
    lock.lock();
    try {
      waiting.addLast(request);
      grant();
    } finally {
      lock.unlock();
    }
    return request;
  }

  /** Elements in flight now. */
  int inUse() {
    lock.lock();
    try {
      return count;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void grant() {
    boolean granted = false;
    for (Request first = waiting.peekFirst(); first != null; first = waiting.peekFirst()) {
      boolean fits = count < maxCount && (bytes + first.bytes <= maxBytes || count == 0);
      if (!fits) {
        break;
      }
      waiting.removeFirst();
      first.granted = true;
      count++;
      bytes += first.bytes;
      granted = true;
    }
    if (granted) {
      changed.signalAll();
    }
  }

  /** A place in the line, then a slot. */
  final class Request {
    private final long bytes;

    // Both guarded by the slots' lock, which the analysis cannot follow from one request to
    // another.
    private boolean granted;
    private boolean ended;

    private Request(long bytes) {
      this.bytes = bytes;
    }

    /** Waits for the slot, at the longest so many milliseconds; true when it is held. */
    boolean await(long millis) throws InterruptedException {
      lock.lockInterruptibly();
      try {
        long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
        while (!granted && nanos > 0) {
          nanos = changed.awaitNanos(nanos);
        }
        return granted;
      } finally {
        lock.unlock();
      }
    }

    /** Gives the slot back, or leaves the line. Idempotent. */
    void release() {
      lock.lock();
      try {
        if (ended) {
          return;
        }
        ended = true;
        if (granted) {
          count--;
          ElementSlots.this.bytes -= bytes;
        } else {
          waiting.remove(this);
        }
        grant();
      } finally {
        lock.unlock();
      }
    }
  }
}
