package dev.rlmbeam.sandbox.pool;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Splits the time of one sandbox among its sessions, for the bill: each moment is shared evenly by
 * those that are in it, and time with nobody in it is paid by the one who comes next. Thread-safe.
 */
final class SandboxShare {
  private final LongSupplier nanos;

  /** What a session has paid that has been there from the beginning. */
  @GuardedBy("this")
  private double eachNanos;

  /** Nobody has paid this yet. */
  @GuardedBy("this")
  private double openNanos;

  @GuardedBy("this")
  private int sessions;

  @GuardedBy("this")
  private long lastNanos;

  /** What a session owes when it comes. */
  record Ticket(double eachNanos, double openNanos) {}

  /**
   * Begins to count.
   *
   * @param before time that the sandbox has cost already
   */
  SandboxShare(Duration before, LongSupplier nanos) {
    this.nanos = nanos;
    openNanos = before.toNanos();
    lastNanos = nanos.getAsLong();
  }

  /** A session begins. */
  synchronized Ticket enter() {
    advance();
    Ticket ticket = new Ticket(eachNanos, openNanos);
    openNanos = 0;
    sessions++;
    return ticket;
  }

  /** A session ends; what it has to pay. To be called once for each ticket. */
  synchronized Duration leave(Ticket ticket) {
    advance();
    sessions--;
    return Duration.ofNanos((long) (eachNanos - ticket.eachNanos() + ticket.openNanos()));
  }

  @GuardedBy("this")
  private void advance() {
    long now = nanos.getAsLong();
    if (sessions > 0) {
      eachNanos += (double) (now - lastNanos) / sessions;
    } else {
      openNanos += now - lastNanos;
    }
    lastNanos = now;
  }
}
