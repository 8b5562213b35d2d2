package dev.rlmbeam.sandbox.modal;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxToken;
import dev.rlmbeam.sandbox.modal.proto.SandboxTerminateRequest;
import dev.rlmbeam.sandbox.repl.AgentControl;
import dev.rlmbeam.sandbox.repl.TunnelHttp;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A sandbox in Modal's cloud with an agent in it. Thread-safe. */
final class ModalSandbox implements Sandbox {
  private static final Logger log = LoggerFactory.getLogger(ModalSandbox.class);
  private static final Duration TERMINATE = Duration.ofSeconds(5);

  private final String id;
  private final URI tunnel;
  private final SandboxToken token;
  private final ModalCalls calls;
  private final AgentControl agent;
  private final Consumer<ModalSandbox> onClosed;
  private final long createdNanos;
  private final CompletableFuture<SandboxOutcome> outcome = new CompletableFuture<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile boolean sessionsApart;
  private volatile @Nullable Future<?> watched;

  ModalSandbox(
      String id,
      URI tunnel,
      SandboxToken token,
      ModalCalls calls,
      TunnelHttp http,
      long createdNanos,
      Consumer<ModalSandbox> onClosed) {
    this.id = id;
    this.tunnel = tunnel;
    this.token = token;
    this.calls = calls;
    this.createdNanos = createdNanos;
    this.onClosed = onClosed;
    agent = new AgentControl(this, http);
  }

  /** Begins to listen for its end. */
  void watch(SandboxWatch watch) {
    onEnd(() -> agent.giveUp("it has ended"));
    watched =
        watch.watch(
            id,
            how -> {
              if (outcome.complete(how) && !closed.get()) {
                log.info("sandbox={} has ended: {}", id, how.describe());
              }
            });
  }

  /** Waits until the agent answers through the tunnel. */
  void awaitHealth(Duration timeout) throws InterruptedException {
    sessionsApart = agent.awaitHealth(timeout).uids();
  }

  /** How it ended, if that is known. */
  Optional<SandboxOutcome> outcome() {
    return outcome.isDone() ? Optional.of(outcome.join()) : Optional.empty();
  }

  @Override
  public Duration age() {
    return Duration.ofNanos(System.nanoTime() - createdNanos);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public URI tunnel() {
    return tunnel;
  }

  @Override
  public SandboxToken token() {
    return token;
  }

  @Override
  public boolean sessionsApart() {
    return sessionsApart;
  }

  @Override
  public boolean isAlive() {
    return !closed.get() && !outcome.isDone();
  }

  @Override
  public void onEnd(Runnable action) {
    CompletableFuture<?> unused = outcome.thenRun(action);
  }

  @Override
  public String diagnostics() {
    return outcome().map(SandboxOutcome::describe).orElse("");
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    Future<?> watching = watched;
    if (watching != null) {
      watching.cancel(true);
    }
    agent.giveUp("it was closed");
    try {
      if (outcome().map(SandboxOutcome::isUnknown).orElse(true)) {
        terminate(calls, id);
      }
    } finally {
      onClosed.accept(this);
    }
  }

  /** Ends a sandbox; false for one that could not be reached, which ends with its lease. */
  @CanIgnoreReturnValue
  static boolean terminate(ModalCalls calls, String id) {
    // An interrupted thread could not wait for the answer, and would leave it to its lease.
    boolean interrupted = Thread.interrupted();
    try {
      calls.call(
          SandboxBackend.of(id).terminate,
          SandboxTerminateRequest.newBuilder().setSandboxId(id).build(),
          TERMINATE,
          id);
      log.info("sandbox={} terminated", id);
      return true;
    } catch (ModalException e) {
      if (e.kind() == ModalException.Kind.NOT_FOUND) {
        return true;
      }
      log.warn("sandbox={} could not be terminated, and ends with its lease: {}", id, e.toString());
    } catch (IllegalStateException e) { // whoever closes it has more to close
      log.warn("sandbox={} ends with its lease: {}", id, e.toString());
    } catch (InterruptedException e) {
      log.warn("sandbox={} ends with its lease: interrupted while it was terminated", id);
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    return false;
  }
}
