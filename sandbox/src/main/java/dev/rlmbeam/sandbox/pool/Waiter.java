package dev.rlmbeam.sandbox.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Someone who wants a slot. */
final class Waiter {
  final String affinity;
  final List<String> contexts;
  final CompletableFuture<PooledSandbox> slot = new CompletableFuture<>();

  /** Whether it wants a new sandbox to itself. */
  final boolean alone;

  Waiter(String affinity, List<String> contexts, boolean alone) {
    this.affinity = affinity;
    this.contexts = List.copyOf(contexts);
    this.alone = alone;
  }

  /** An upload spared counts most, then the own bundle's sandbox, then the fuller one. */
  long worthOf(PooledSandbox sandbox) {
    long worth = sandbox.sessions;
    if (sandbox.affinity.equals(affinity)) {
      worth += 1_000_000;
    }
    for (String sha256 : contexts) {
      if (sandbox.contexts.has(sha256)) {
        worth += 10_000_000;
      }
    }
    return worth;
  }

  /** The bundles of the new sandboxes that it takes to seat them all. */
  static List<String> bundlesToOpenFor(Iterable<Waiter> waiting, int seatsEach) {
    int free = 0;
    List<String> bundles = new ArrayList<>();
    for (Waiter waiter : waiting) {
      if (waiter.alone) {
        bundles.add(waiter.affinity);
      } else if (free > 0) {
        free--;
      } else {
        bundles.add(waiter.affinity);
        free = seatsEach - 1;
      }
    }
    return bundles;
  }
}
