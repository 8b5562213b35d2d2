package dev.rlmbeam.transforms;

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

  private record Completion(long key, WorkerRuntime.Completion outcome) {}

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
        RuntimeException fault = next.outcome().storeFault();
        if (fault != null) {
          // What was paid for could not be kept: a broken store ends the bundle, so that the runner
          // brings its elements again, or says that it cannot.
          throw new IllegalStateException(
              "what became of task "
                  + next.outcome().finished().id()
                  + " could not be kept; mend the result store: "
                  + fault.getMessage(),
              fault);
        }
        return new Emission(next.outcome().finished(), entry.timestamp(), entry.windows());
      }
    }
    return null;
  }

  /** Nanoseconds until the first element is overdue; 0 or less when one is. */
  long nanosToFirstDeadline(long limitNanos) {
    long now = System.nanoTime();
    long least = limitNanos;
    for (Entry entry : mine.values()) {
      // One that is claimed has ended, and is here as soon as the store has it.
      if (!entry.element().claimed()) {
        least = Math.min(least, entry.element().startedNanos() + limitNanos - now);
      }
    }
    return least;
  }

  /** Gives up on the elements that are overdue: cancels them and makes failures of them. */
  List<Emission> giveUpOverdue(WorkerRuntime runtime, long limitNanos) {
    long now = System.nanoTime();
    List<Emission> overdue = new ArrayList<>();
    for (Map.Entry<Long, Entry> each : List.copyOf(mine.entrySet())) {
      Entry entry = each.getValue();
      if (entry.element().startedNanos() + limitNanos - now <= 0) {
        Finished failure = runtime.giveUp(entry.element(), entry.slot());
        if (failure != null) {
          mine.remove(each.getKey());
          overdue.add(new Emission(failure, entry.timestamp(), entry.windows()));
        }
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
