package dev.rlmbeam.sandbox.pool;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.rlmbeam.sandbox.Isolation;
import dev.rlmbeam.sandbox.SandboxException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who sits where and who waits: decides, and leaves the doing to the pool, so that nothing blocks
 * while the table is locked. Who came first is served first. Thread-safe.
 */
final class SlotTable {

  /** What the pool has to do next: sandboxes to close, and bundles to open one for. */
  record Work(List<PooledSandbox> toClose, List<String> toOpen) {}

  private final int maxSandboxes;
  private final int maxOpening;
  private final int sessionsPerSandbox;
  private final long takesForNanos;
  private final long idleNanos;
  private final LongSupplier nanoTime;

  @GuardedBy("this")
  private final List<PooledSandbox> sandboxes = new ArrayList<>();

  @GuardedBy("this")
  private final Deque<Waiter> waiting = new ArrayDeque<>();

  @GuardedBy("this")
  private Isolation isolation;

  @GuardedBy("this")
  private int opening;

  @GuardedBy("this")
  private boolean closed;

  SlotTable(PoolOptions options, int maxOpening, LongSupplier nanoTime) {
    isolation = options.isolation();
    maxSandboxes = options.maxSandboxes();
    this.maxOpening = maxOpening;
    sessionsPerSandbox = options.sessionsPerSandbox();
    long lifeNanos = options.spec().timeout().toNanos();
    takesForNanos = lifeNanos - Math.min(options.sessionLife().toNanos(), lifeNanos / 2);
    idleNanos = options.idleTimeout().toNanos();
    this.nanoTime = nanoTime;
  }

  synchronized Work enter(Waiter waiter) {
    if (closed) {
      throw new IllegalStateException("the session pool is closed");
    }
    waiting.add(waiter);
    return next();
  }

  /** Takes back a wish; gives back the slot if it was fulfilled meanwhile. */
  synchronized Work leave(Waiter waiter) {
    waiting.remove(waiter);
    makeRoom(); // or rather take back what was made for this one
    if (waiter.slot.isDone() && !waiter.slot.isCompletedExceptionally()) {
      seatFreed(waiter.slot.join(), true);
    }
    return next();
  }

  synchronized Work opened(PooledSandbox sandbox) {
    opening--;
    sandboxes.add(sandbox);
    if (closed) {
      retire(sandbox);
    }
    return next();
  }

  /** An opening failed: whoever waits longest hears of it, or all when it cannot get better. */
  synchronized Work openFailed(RuntimeException failure) {
    opening--;
    boolean hopeless = !(failure instanceof SandboxException e) || !e.retryable();
    do {
      Waiter waiter = waiting.poll();
      if (waiter != null) {
        waiter.slot.completeExceptionally(failure);
      }
    } while (hopeless && !waiting.isEmpty());
    return next();
  }

  /**
   * A session has ended.
   *
   * @param clean whether nothing of it is left
   */
  synchronized Work release(PooledSandbox sandbox, boolean clean) {
    seatFreed(sandbox, clean);
    return next();
  }

  @GuardedBy("this")
  private void seatFreed(PooledSandbox sandbox, boolean clean) {
    sandbox.sessions--;
    sandbox.idleSinceNanos = nanoTime.getAsLong();
    if (!clean || isSingleUse(sandbox)) {
      retire(sandbox);
    }
  }

  /** A sandbox is gone; its sessions are told by its connection. */
  synchronized Work lost(PooledSandbox sandbox) {
    retire(sandbox);
    return next();
  }

  /** Retires what is idle or old; to be called now and then. */
  synchronized Work sweep() {
    long now = nanoTime.getAsLong();
    for (PooledSandbox sandbox : sandboxes) {
      boolean idle = sandbox.sessions == 0 && now - sandbox.idleSinceNanos >= idleNanos;
      if (idle || isOld(sandbox, now) || sandbox.connection.isLost()) {
        retire(sandbox);
      }
    }
    return next();
  }

  /** From now on each sandbox serves one session. */
  synchronized void degrade() {
    isolation = Isolation.ELEMENT;
  }

  synchronized Isolation isolation() {
    return isolation;
  }

  /** A sandbox that was handed out to be closed is closed. */
  synchronized Work closed(PooledSandbox sandbox) {
    sandboxes.remove(sandbox);
    return next();
  }

  synchronized int size() {
    return sandboxes.size();
  }

  synchronized Work close() {
    closed = true;
    for (Waiter waiter : waiting) {
      waiter.slot.completeExceptionally(new IllegalStateException("the session pool was closed"));
    }
    waiting.clear();
    List<PooledSandbox> toClose = new ArrayList<>();
    for (PooledSandbox sandbox : sandboxes) {
      retire(sandbox);
      if (!sandbox.closing) {
        sandbox.closing = true;
        toClose.add(sandbox);
      }
    }
    return new Work(toClose, List.of());
  }

  @GuardedBy("this")
  private Work next() {
    seatWaiters();
    makeRoom();
    return new Work(findToClose(), findToOpen());
  }

  @GuardedBy("this")
  private void seatWaiters() {
    long now = nanoTime.getAsLong();
    for (Iterator<Waiter> queue = waiting.iterator(); queue.hasNext(); ) {
      Waiter waiter = queue.next();
      PooledSandbox best = findBest(waiter, now);
      if (best == null && waiter.alone) {
        continue; // those behind may do with a sandbox that is in use
      }
      if (best == null) {
        return; // nor is there a place for those behind: any place would do
      }
      queue.remove();
      best.alone = waiter.alone;
      best.sessions++;
      best.served++;
      waiter.slot.complete(best);
    }
  }

  @GuardedBy("this")
  private @Nullable PooledSandbox findBest(Waiter waiter, long now) {
    PooledSandbox best = null;
    long bestWorth = -1;
    for (PooledSandbox sandbox : sandboxes) {
      if (takes(sandbox, now) && !(waiter.alone && sandbox.served > 0)) {
        long worth = waiter.worthOf(sandbox);
        if (worth > bestWorth) {
          best = sandbox;
          bestWorth = worth;
        }
      }
    }
    return best;
  }

  /** For good: it takes no session any more. */
  private static void retire(PooledSandbox sandbox) {
    sandbox.retired = true;
    sandbox.makesRoom = false;
  }

  /**
   * Whoever wants a new sandbox must not wait for ever where all may be shared and are. Whom it was
   * done for may have left meanwhile: so it is thought over each time.
   */
  @GuardedBy("this")
  private void makeRoom() {
    for (PooledSandbox sandbox : sandboxes) {
      if (sandbox.makesRoom && !sandbox.closing) {
        sandbox.retired = false;
        sandbox.makesRoom = false;
      }
    }
    long wanted = waiting.stream().filter(waiter -> waiter.alone).count();
    long room = maxSandboxes - sandboxes.stream().filter(sandbox -> !sandbox.retired).count();
    for (; wanted > room; room++) {
      PooledSandbox emptiest = null;
      for (PooledSandbox sandbox : sandboxes) {
        boolean shared = !sandbox.retired && !isSingleUse(sandbox);
        if (shared && (emptiest == null || sandbox.sessions < emptiest.sessions)) {
          emptiest = sandbox;
        }
      }
      if (emptiest == null) {
        return;
      }
      emptiest.retired = true;
      emptiest.makesRoom = true;
    }
  }

  @GuardedBy("this")
  private boolean takes(PooledSandbox sandbox, long now) {
    return !sandbox.retired
        && !sandbox.connection.isLost()
        && sandbox.sessions < seats(sandbox)
        && !(isSingleUse(sandbox) && sandbox.served > 0)
        // One that was long in coming is good for whom it was opened for.
        && (sandbox.served == 0 || !isOld(sandbox, now));
  }

  @GuardedBy("this")
  private int seats(PooledSandbox sandbox) {
    return isSingleUse(sandbox) ? 1 : sessionsPerSandbox;
  }

  @GuardedBy("this")
  private boolean isSingleUse(PooledSandbox sandbox) {
    return isolation == Isolation.ELEMENT || sandbox.alone || !sandbox.sandbox.sessionsApart();
  }

  private boolean isOld(PooledSandbox sandbox, long now) {
    return now - sandbox.bornNanos >= takesForNanos;
  }

  @GuardedBy("this")
  private List<PooledSandbox> findToClose() {
    List<PooledSandbox> toClose = new ArrayList<>();
    for (PooledSandbox sandbox : sandboxes) {
      boolean over = sandbox.sessions == 0 || sandbox.connection.isLost();
      if (sandbox.retired && over && !sandbox.closing) {
        sandbox.closing = true;
        toClose.add(sandbox);
      }
    }
    return toClose;
  }

  @GuardedBy("this")
  private List<String> findToOpen() {
    int seatsEach = isolation == Isolation.ELEMENT ? 1 : sessionsPerSandbox;
    List<String> wanted = Waiter.bundlesToOpenFor(waiting, seatsEach);
    List<String> toOpen = new ArrayList<>();
    while (!closed
        && opening < maxOpening
        && sandboxes.size() + opening < maxSandboxes
        && opening < wanted.size()) {
      toOpen.add(wanted.get(opening));
      opening++;
    }
    return toOpen;
  }
}
