package dev.rlmbeam.sandbox.testing.emulator;

import java.time.Duration;
import java.util.Optional;

/** What is to go wrong with one connection, if anything is. Of the tunnels' thread alone. */
final class ConnectionFault {
  private final TunnelTarget target;
  private final Optional<InjectedFault> fault;
  private final long dueNanos;
  private boolean struck;

  ConnectionFault(TunnelTarget target, long openedNanos) {
    this.target = target;
    fault = target.fault();
    dueNanos =
        openedNanos
            + fault.map(one -> one.fault().span("after", Duration.ZERO).toNanos()).orElse(0L);
  }

  private boolean is(Fault.Kind kind) {
    return fault.isPresent() && fault.get().fault().kind() == kind;
  }

  /** Whether its first request is to be answered with 502. */
  boolean answersBadGateway() {
    return is(Fault.Kind.TUNNEL_502);
  }

  /** Whether it is to be reset now. */
  boolean drops(long now) {
    return is(Fault.Kind.TUNNEL_DROP) && now - dueNanos >= 0;
  }

  /** Whether it passes nothing from now on. */
  boolean stalls(long now) {
    return is(Fault.Kind.TUNNEL_STALL) && now - dueNanos >= 0;
  }

  /** It has happened; counted once. */
  void strike() {
    if (!struck) {
      struck = true;
      fault.ifPresent(target::struck);
    }
  }

  /** When it happens, or what is given if that is sooner or it never does. */
  long nextNanos(long passedNanos, long otherwise) {
    return fault.isPresent() && dueNanos - passedNanos > 0
        ? Math.min(otherwise, dueNanos)
        : otherwise;
  }
}
