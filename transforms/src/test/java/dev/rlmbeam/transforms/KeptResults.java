package dev.rlmbeam.transforms;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A result store in this JVM. */
final class KeptResults {
  private static final ConcurrentHashMap<String, CountDownLatch> KEPT = new ConcurrentHashMap<>();
  private static final List<Finished> ALL = new CopyOnWriteArrayList<>();

  private KeptResults() {}

  static void clear() {
    KEPT.clear();
    ALL.clear();
  }

  static void put(String id, Finished finished) {
    if (!finished.id().equals(id)) {
      throw new IllegalArgumentException(id + " is not the id of " + finished);
    }
    ALL.add(finished);
    latch(id).countDown();
  }

  static void fail(String id, Finished finished) {
    throw new IllegalStateException("no space left for " + id);
  }

  /** All that was kept since it was cleared, in its order. */
  static List<Finished> all() {
    return List.copyOf(ALL);
  }

  static void await(String id) throws InterruptedException {
    if (!latch(id).await(20, TimeUnit.SECONDS)) {
      throw new IllegalStateException(id + " was not kept within 20 s");
    }
  }

  private static CountDownLatch latch(String id) {
    return KEPT.computeIfAbsent(id, key -> new CountDownLatch(1));
  }
}
