package dev.rlmbeam.sandbox.testing.emulator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.LongSupplier;

/** What goes wrong on purpose. Thread-safe. */
public final class EmulatorFaults {
  private static final Set<String> CREATIONS = Set.of("SandboxCreate", "SandboxCreateV2");

  private final LongSupplier nanoTime;
  private final Random seeds;

  @GuardedBy("this")
  private final List<InjectedFault> injected = new ArrayList<>();

  /** For the rate of creations. */
  @GuardedBy("this")
  private double allowance;

  @GuardedBy("this")
  private long allowedAtNanos;

  EmulatorFaults(long seed, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    seeds = new Random(seed);
  }

  /** Lets something go wrong from now on; see {@link Fault} for the text. */
  public InjectedFault inject(String text) {
    return inject(Fault.parse(text));
  }

  /** The same. */
  public synchronized InjectedFault inject(Fault fault) {
    InjectedFault one = new InjectedFault(fault, new Random(seeds.nextLong()));
    injected.add(one);
    if (fault.kind() == Fault.Kind.CREATE_RATE) {
      allowance = Math.max(1, fault.perSecond());
      allowedAtNanos = nanoTime.getAsLong();
    }
    return one;
  }

  /** All that were injected, with what each has struck. */
  public synchronized List<InjectedFault> all() {
    return List.copyOf(injected);
  }

  /** Ends all of them. */
  public void stopAll() {
    all().forEach(InjectedFault::stop);
  }

  private List<InjectedFault> of(Fault.Kind kind) {
    return all().stream().filter(one -> one.fault().kind() == kind && !one.stopped()).toList();
  }

  /** How long this call is to wait before anything is done with it. */
  Duration slowness(String rpc, String sandboxId) {
    Duration sum = Duration.ZERO;
    for (InjectedFault one : of(Fault.Kind.RPC_SLOW)) {
      if (one.fault().concerns(rpc) && one.strikes(sandboxId)) {
        sum = sum.plus(one.fault().span("delay", Duration.ZERO));
      }
    }
    return sum;
  }

  /** Whether this call is to fail. */
  Optional<Fault> failure(String rpc, String sandboxId) {
    return of(Fault.Kind.RPC_FAIL).stream()
        .filter(one -> one.fault().concerns(rpc) && one.strikes(sandboxId))
        .map(InjectedFault::fault)
        .findFirst();
  }

  /** Whether this call is to be put off, and for how long. */
  Optional<Duration> putOff(String rpc, String sandboxId) {
    for (InjectedFault one : of(Fault.Kind.RPC_THROTTLE)) {
      if (one.fault().concerns(rpc) && one.strikes(sandboxId)) {
        return Optional.of(one.fault().span("retryAfter", Duration.ofMillis(500)));
      }
    }
    if (CREATIONS.contains(rpc)) {
      for (InjectedFault one : of(Fault.Kind.CREATE_RATE)) {
        double perSecond = one.fault().perSecond();
        if (!allows(perSecond) && one.strikes(sandboxId)) {
          return Optional.of(
              one.fault().span("retryAfter", Duration.ofNanos((long) (1e9 / perSecond))));
        }
      }
    }
    return Optional.empty();
  }

  private synchronized boolean allows(double perSecond) {
    long now = nanoTime.getAsLong();
    allowance =
        Math.min(Math.max(1, perSecond), allowance + (now - allowedAtNanos) * 1e-9 * perSecond);
    allowedAtNanos = now;
    if (allowance < 1) {
      return false;
    }
    allowance--;
    return true;
  }

  /** What is to happen to a new connection; whoever asks counts it when it does. */
  Optional<InjectedFault> ofConnection() {
    return drawn(Fault.Kind.TUNNEL_DROP, Fault.Kind.TUNNEL_502, Fault.Kind.TUNNEL_STALL);
  }

  /** What a new sandbox is to die of; whoever asks counts it when it does. */
  Optional<InjectedFault> ofSandbox() {
    return drawn(Fault.Kind.SANDBOX_EVICT, Fault.Kind.SANDBOX_TERMINATE);
  }

  private Optional<InjectedFault> drawn(Fault.Kind... kinds) {
    for (Fault.Kind kind : kinds) {
      for (InjectedFault one : of(kind)) {
        if (one.isDrawn()) {
          return Optional.of(one);
        }
      }
    }
    return Optional.empty();
  }

  /** How long ago the next auth token is to look expired. */
  Optional<Duration> clockSkew() {
    return of(Fault.Kind.AUTH_CLOCK_SKEW).stream()
        .filter(one -> one.strikes(""))
        .map(one -> one.fault().span("by", Duration.ZERO))
        .findFirst();
  }
}
