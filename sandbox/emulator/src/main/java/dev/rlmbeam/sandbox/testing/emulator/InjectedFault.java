package dev.rlmbeam.sandbox.testing.emulator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** A fault at work, and what it has struck. Thread-safe. */
public final class InjectedFault {
  private final Fault fault;

  @GuardedBy("this")
  private final Random dice;

  @GuardedBy("this")
  private int drawn;

  @GuardedBy("this")
  private int struck;

  @GuardedBy("this")
  private boolean stopped;

  @GuardedBy("this")
  private final Set<String> sandboxIds = new TreeSet<>();

  InjectedFault(Fault fault, Random dice) {
    this.fault = fault;
    this.dice = dice;
  }

  /** What it is. */
  public Fault fault() {
    return fault;
  }

  /** How often it has struck. */
  public synchronized int struck() {
    return struck;
  }

  /** Which sandboxes it has struck; a refused creation has none yet. */
  public synchronized Set<String> sandboxIds() {
    return Set.copyOf(sandboxIds);
  }

  /** Ends it; what it has struck stays struck. */
  public synchronized void stop() {
    stopped = true;
  }

  synchronized boolean stopped() {
    return stopped;
  }

  /** Throws the dice, and counts if it strikes. */
  synchronized boolean strikes(String sandboxId) {
    boolean strikes = isDrawn();
    if (strikes) {
      struck(sandboxId);
    }
    return strikes;
  }

  /** Throws the dice for something that strikes later, if nothing else comes before. */
  synchronized boolean isDrawn() {
    if (stopped || drawn >= fault.times() || dice.nextDouble() >= fault.rate()) {
      return false;
    }
    drawn++;
    return true;
  }

  /** Counts what was drawn and has struck. */
  synchronized void struck(String sandboxId) {
    struck++;
    if (!sandboxId.isEmpty()) {
      sandboxIds.add(sandboxId);
    }
  }

  @Override
  public synchronized String toString() {
    return fault + " struck " + struck + " times, " + sandboxIds.size() + " sandboxes";
  }
}
