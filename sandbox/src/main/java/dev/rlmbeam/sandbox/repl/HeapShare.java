package dev.rlmbeam.sandbox.repl;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of this process's memory may be held at a time for what sandboxes send: each is bounded
 * by its own agent, but that says nothing of many, and an agent may be at the mercy of the code in
 * its sandbox. Thread-safe.
 */
final class HeapShare {
  private static final int PARTS = 8;

  private final long bytes;
  private final AtomicLong held = new AtomicLong();

  HeapShare(long bytes) {
    this.bytes = bytes;
  }

  /** A share of the heap, whatever its size. */
  static HeapShare ofThisProcess() {
    return new HeapShare(part(Long.MAX_VALUE));
  }

  /** An eighth of the heap, or less where so much is never needed. */
  static long part(long most) {
    return Math.min(most, Runtime.getRuntime().maxMemory() / PARTS);
  }

  /** Whether there is room; who was given it gives it back. */
  boolean take(long amount) {
    if (held.addAndGet(amount) <= bytes) {
      return true;
    }
    giveBack(amount);
    return false;
  }

  void giveBack(long amount) {
    held.addAndGet(-amount);
  }
}
