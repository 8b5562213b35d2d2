package dev.rlmbeam.sandbox.testing.emulator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.local.LocalProgram;
import dev.rlmbeam.sandbox.local.LocalPrograms;
import dev.rlmbeam.sandbox.local.ProgramSpec;
import dev.rlmbeam.sandbox.modal.proto.GenericResult;
import dev.rlmbeam.sandbox.modal.proto.GenericResult.GenericStatus;
import dev.rlmbeam.sandbox.modal.proto.Sandbox;
import dev.rlmbeam.sandbox.modal.proto.TunnelData;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One sandbox, from its creation to its end and after. Thread-safe. */
final class RunningSandbox {
  private static final Logger log = LoggerFactory.getLogger(RunningSandbox.class);

  private final Identity identity;
  private final Sandbox definition;
  private final SandboxThreads threads;
  private final CompletableFuture<GenericResult> result = new CompletableFuture<>();
  private final CompletableFuture<Void> placed = new CompletableFuture<>();
  private final OpenTunnels tunnels;

  @GuardedBy("this")
  private Map<String, String> tags;

  @GuardedBy("this")
  private @Nullable LocalProgram program;

  @GuardedBy("this")
  private Optional<Instant> startedAt = Optional.empty();

  @GuardedBy("this")
  private Optional<Instant> endedAt = Optional.empty();

  /**
   * What does not change.
   *
   * @param createdAt in seconds; no two of an emulator have the same
   */
  record Identity(
      String id,
      boolean newer,
      String taskId,
      String appId,
      String app,
      Optional<String> name,
      double createdAt) {}

  RunningSandbox(
      Identity identity,
      Sandbox definition,
      Map<String, String> tags,
      SandboxThreads threads,
      OpenTunnels tunnels) {
    this.identity = identity;
    this.definition = definition;
    this.tags = Map.copyOf(tags);
    this.threads = threads;
    this.tunnels = tunnels;
  }

  Identity identity() {
    return identity;
  }

  Sandbox definition() {
    return definition;
  }

  synchronized Map<String, String> tags() {
    return tags;
  }

  synchronized void setTags(Map<String, String> newTags) {
    tags = Map.copyOf(newTags);
  }

  /**
   * Starts the process and opens the tunnels; returns when both are there, or with a result that
   * says why they are not.
   */
  void start(LocalPrograms programs, ProgramSpec spec, Optional<InjectedFault> fault) {
    try {
      LocalProgram started = programs.start(spec);
      if (!take(started)) {
        started.close(); // it was ended meanwhile
        return;
      }
      tunnels.open(definition, started, identity.id());
      CompletableFuture<?> unused =
          started.exit().thenAcceptAsync(code -> end(Results.exit(code)), threads.workers());
      limitLife(fault);
      placed.complete(null);
    } catch (SandboxException | IllegalStateException e) {
      fail(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      fail("its tunnels could not be opened: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail("the emulator is closing");
    }
  }

  private void fail(String why) {
    end(Results.of(GenericStatus.GENERIC_STATUS_INIT_FAILURE, why));
  }

  private synchronized boolean take(LocalProgram started) {
    if (result.isDone()) {
      return false;
    }
    program = started;
    startedAt = Optional.of(Instant.now());
    return true;
  }

  private void limitLife(Optional<InjectedFault> fault) {
    threads.later(
        Duration.ofSeconds(definition.getTimeoutSecs()),
        result,
        () -> end(Results.of(GenericStatus.GENERIC_STATUS_TIMEOUT, "")));
    if (definition.hasIdleTimeoutSecs()) {
      watchIdleness(Duration.ofSeconds(definition.getIdleTimeoutSecs()));
    }
    fault.ifPresent(
        one -> threads.later(one.fault().span("after", Duration.ZERO), result, () -> strike(one)));
  }

  private void strike(InjectedFault fault) {
    boolean evicted = fault.fault().kind() == Fault.Kind.SANDBOX_EVICT;
    GenericResult end =
        evicted
            ? Results.of(GenericStatus.GENERIC_STATUS_MEMORY_MANAGER_EVICTION, "evicted by a fault")
            : Results.of(GenericStatus.GENERIC_STATUS_TERMINATED, "terminated by a fault");
    if (end(end)) {
      fault.struck(identity.id());
    }
  }

  private void watchIdleness(Duration limit) {
    Duration left = limit.minus(tunnels.idleFor());
    if (left.isNegative() || left.isZero()) {
      end(Results.of(GenericStatus.GENERIC_STATUS_IDLE_TIMEOUT, ""));
    } else {
      threads.later(left, result, () -> watchIdleness(limit));
    }
  }

  /**
   * Ends it with this result, unless it has one; returns when nothing of it is left.
   *
   * @return whether it was this that ended it
   */
  boolean end(GenericResult with) {
    LocalProgram running;
    boolean first;
    synchronized (this) {
      first = result.complete(with);
      if (first) {
        endedAt = Optional.of(Instant.now());
        log.info("sandbox={} ended: {}", identity.id(), with.getStatus());
      }
      running = program;
    }
    placed.complete(null);
    tunnels.close();
    if (running != null) {
      running.close();
    }
    return first;
  }

  /** How it ended, if it has. */
  Optional<GenericResult> result() {
    return Optional.ofNullable(result.getNow(null));
  }

  /** The same once it has. */
  CompletableFuture<GenericResult> ended() {
    return result;
  }

  /** Once its process is there, or will never be. */
  CompletableFuture<Void> placed() {
    return placed;
  }

  synchronized boolean started() {
    return program != null;
  }

  synchronized Optional<LocalProgram> program() {
    return Optional.ofNullable(program);
  }

  List<TunnelData> tunnels() {
    return tunnels.data();
  }

  synchronized Optional<Instant> startedAt() {
    return startedAt;
  }

  synchronized Optional<Instant> endedAt() {
    return endedAt;
  }

  /** As it is now. */
  synchronized EmulatedSandbox view() {
    Optional<GenericResult> end = result();
    EmulatedSandbox.State state =
        end.isPresent()
            ? EmulatedSandbox.State.ENDED
            : placed.isDone() ? EmulatedSandbox.State.RUNNING : EmulatedSandbox.State.STARTING;
    return new EmulatedSandbox(
        identity.id(),
        identity.app(),
        identity.name(),
        tags,
        definition.getImageId(),
        state,
        Instant.ofEpochMilli((long) (identity.createdAt() * 1000)),
        endedAt,
        end.map(Results::exitCode).orElse(OptionalInt.empty()),
        end.map(one -> one.getStatus().name()).orElse(""));
  }
}
