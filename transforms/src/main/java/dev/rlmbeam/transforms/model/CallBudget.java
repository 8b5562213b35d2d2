package dev.rlmbeam.transforms.model;

import java.util.concurrent.atomic.AtomicLong;

/** How many model calls a run may make, and how many it has made. Thread-safe. */
public final class CallBudget {
  private final long maxCalls;
  private final AtomicLong calls = new AtomicLong();

  private CallBudget(long maxCalls) {
    this.maxCalls = maxCalls;
  }

  /**
   * A budget that no call has used yet.
   *
   * @param maxCalls calls that may be made, 0 or more; failed ones count, repeated attempts of one
   *     call count once
   */
  public static CallBudget of(long maxCalls) {
    if (maxCalls < 0) {
      throw new IllegalArgumentException("maxCalls must be 0 or more, but was " + maxCalls);
    }
    return new CallBudget(maxCalls);
  }

  /** A budget that only counts. */
  public static CallBudget unlimited() {
    return new CallBudget(Long.MAX_VALUE);
  }

  /** Takes one call from the budget, if there is one left. */
  boolean tryTake() {
    return calls.getAndUpdate(made -> made < maxCalls ? made + 1 : made) < maxCalls;
  }

  /** Calls made so far. */
  public long calls() {
    return calls.get();
  }

  /** Calls that may be made in all. */
  public long maxCalls() {
    return maxCalls;
  }

  /** True when no call is left. */
  public boolean exhausted() {
    return calls.get() >= maxCalls;
  }
}
