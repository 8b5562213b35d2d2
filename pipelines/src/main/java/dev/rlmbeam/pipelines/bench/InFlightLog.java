package dev.rlmbeam.pipelines.bench;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** When calls came to a model and how long each is kept waiting there. Thread-safe. */
final class InFlightLog {

  private record Step(long nanoTime, int change) {}

  @GuardedBy("this")
  private final List<Long> arrivals = new ArrayList<>();

  @GuardedBy("this")
  private final List<Step> steps = new ArrayList<>();

  /** Notes a call that will be answered after this time. */
  synchronized void add(long nanoTime, Duration latency) {
    arrivals.add(nanoTime);
    steps.add(new Step(nanoTime, 1));
    steps.add(new Step(nanoTime + latency.toNanos(), -1));
  }

  synchronized int calls() {
    return arrivals.size();
  }

  /**
   * The share of slots that had a call with the model, on average over the steady state: from the
   * first moment that all had one (or, if that never was, from the call with which all of them had
   * been taken once) to the moment when fewer tasks wait than there are slots.
   *
   * @throws IllegalStateException when there was no steady state
   */
  synchronized double share(int slots) {
    if (arrivals.size() < 2 * slots) {
      throw new IllegalStateException(
          arrivals.size() + " calls make no steady state of " + slots + " slots");
    }
    List<Step> inOrder = steps.stream().sorted(Comparator.comparingLong(Step::nanoTime)).toList();
    long start = firstFull(inOrder, slots);
    long end = arrivals.get(arrivals.size() - slots);
    if (end - start <= 0) {
      throw new IllegalStateException("the slots were full too late for a steady state");
    }
    double busyNanos = 0;
    long last = inOrder.get(0).nanoTime();
    int inFlight = 0;
    for (Step step : inOrder) {
      long from = Math.max(last, start);
      long to = Math.min(step.nanoTime(), end);
      busyNanos += (double) inFlight * Math.max(0, to - from);
      inFlight += step.change();
      last = step.nanoTime();
    }
    return busyNanos / ((double) slots * (end - start));
  }

  @GuardedBy("this")
  private long firstFull(List<Step> inOrder, int slots) {
    int inFlight = 0;
    for (Step step : inOrder) {
      inFlight += step.change();
      if (inFlight == slots) {
        return step.nanoTime();
      }
    }
    return arrivals.get(slots - 1);
  }
}
