package dev.rlmbeam.sandbox.modal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What is ended together: sandboxes that were asked for, from the moment in which Modal may have
 * made them. Thread-safe.
 */
final class OpenSandboxes {
  /** How long it is waited for answers that are on their way. */
  private static final Duration ANSWERS = Duration.ofSeconds(10);

  private static final Duration ENDINGS = Duration.ofSeconds(30);

  @GuardedBy("this")
  private final Map<String, Runnable> endings = new HashMap<>();

  @GuardedBy("this")
  private int asked;

  @GuardedBy("this")
  private boolean closed;

  /**
   * Before one is asked for; whoever asks says when there is an answer.
   *
   * @throws IllegalStateException when no more are to be had
   */
  synchronized void ask() {
    if (closed) {
      throw new IllegalStateException("Modal's sandboxes are closed already");
    }
    asked++;
  }

  /** There is an answer, or there will be none; what came of it has been added before. */
  synchronized void answered() {
    asked--;
    notifyAll();
  }

  /**
   * Keeps a sandbox, or changes how it is ended.
   *
   * @param ending ends it within a few seconds; must bear being run twice
   */
  synchronized void add(String id, Runnable ending) {
    endings.put(id, ending);
  }

  synchronized void remove(String id) {
    endings.remove(id);
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /**
   * Ends all, side by side, as each waits for an answer of Modal's; and lets no other begin.
   * Returns within a minute; an interrupt is kept for later, as it would leave sandboxes behind.
   */
  void close() {
    boolean interrupted = Thread.interrupted();
    interrupted |= awaitAnswers();
    List<Thread> enders = new ArrayList<>();
    for (Map.Entry<String, Runnable> one : left().entrySet()) {
      Thread ender = new Thread(one.getValue(), "sandbox-closer-" + one.getKey());
      ender.setDaemon(true);
      ender.start();
      enders.add(ender);
    }
    long end = System.nanoTime() + ENDINGS.toNanos();
    for (Thread ender : enders) {
      try {
        ender.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized Map<String, Runnable> left() {
    return Map.copyOf(endings);
  }

  /** Whether it was interrupted meanwhile. */
  private synchronized boolean awaitAnswers() {
    closed = true;
    boolean interrupted = false;
    long end = System.nanoTime() + ANSWERS.toNanos();
    while (asked > 0 && System.nanoTime() - end < 0) {
      try {
        wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    return interrupted;
  }
}
