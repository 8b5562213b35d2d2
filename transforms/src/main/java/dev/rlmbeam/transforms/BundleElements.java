package dev.rlmbeam.transforms;

import dev.rlmbeam.transforms.rlm.FailureClass;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The elements of one bundle that are in flight or finished and not yet emitted. Belongs to the
 * bundle's thread; only the queue is filled from others. Holds nothing that is bounded.
 */
final class BundleElements {
  private final String affinity = UUID.randomUUID().toString();
  private final BlockingQueue<Completion> finished = new LinkedBlockingQueue<>();
  private final Map<Long, Entry> mine = new HashMap<>();
  private long nextKey;

  /** What is to be emitted, and where. */
  record Emission(
      Finished finished, Instant timestamp, Collection<? extends BoundedWindow> windows) {}

  private record Completion(long key, Finished finished) {}

  private record Entry(
      InFlight element,
      ElementSlots.Request slot,
      Instant timestamp,
      Collection<? extends BoundedWindow> windows) {}

  boolean isEmpty() {
    return mine.isEmpty();
  }

  void start(
      WorkerRuntime runtime,
      RlmTask task,
      ElementSlots.Request slot,
      Instant timestamp,
      Collection<? extends BoundedWindow> windows) {
    long key = nextKey++;
    InFlight element =
        runtime.start(task, slot, affinity, outcome -> finished.add(new Completion(key, outcome)));
    mine.put(key, new Entry(element, slot, timestamp, windows));
  }

  /** The next finished element, waiting at most so long; null if there is none. */
  @Nullable Emission poll(long nanos) throws InterruptedException {
    for (Completion next = finished.poll(nanos, TimeUnit.NANOSECONDS);
        next != null;
        next = finished.poll()) {
      Entry entry = mine.remove(next.key());
      if (entry != null) {
        return new Emission(next.finished(), entry.timestamp(), entry.windows());
      }
    }
    return null;
  }

  /** Nanoseconds until the first element is overdue; 0 or less when one is. */
  long nanosToFirstDeadline(long limitNanos) {
    long now = System.nanoTime();
    long least = limitNanos;
    for (Entry entry : mine.values()) {
      least = Math.min(least, entry.element().startedNanos() + limitNanos - now);
    }
    return least;
  }

  /** Gives up on the elements that are overdue: cancels them and makes failures of them. */
  List<Emission> giveUpOverdue(WorkerRuntime runtime, long limitNanos) {
    long now = System.nanoTime();
    List<Emission> overdue = new ArrayList<>();
    for (Map.Entry<Long, Entry> each : List.copyOf(mine.entrySet())) {
      Entry entry = each.getValue();
      InFlight element = entry.element();
      if (element.startedNanos() + limitNanos - now <= 0) {
        element.cancel();
        entry.slot().release();
        mine.remove(each.getKey());
        RlmFailure failure =
            runtime.failure(
                element.task(),
                FailureClass.DEADLINE,
                "did not end within its elementTimeout and could not be stopped in time; raise"
                    + " --elementTimeout, or look for what hangs in its trajectory");
        overdue.add(
            new Emission(new Finished.Failure(failure), entry.timestamp(), entry.windows()));
      }
    }
    return overdue;
  }

  /** Cancels whatever is left. */
  void cancel() {
    for (Entry entry : mine.values()) {
      entry.element().cancel();
    }
    mine.clear();
  }
}
