package dev.rlmbeam.sandbox.modal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.rlmbeam.sandbox.modal.proto.SandboxWaitRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxWaitResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for sandboxes to end, so that a loss is known as soon as Modal knows it and not only when
 * the tunnel has been silent for long. One thread for each sandbox that is open, which does nothing
 * but wait. Thread-safe. Whoever makes it closes it.
 */
final class SandboxWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SandboxWatch.class);

  /** As long as Modal's own SDKs ask for at a time. */
  private static final float WAIT_SECONDS = 10;

  private static final Duration ATTEMPT = Duration.ofSeconds(20);
  private static final long PAUSE_MILLIS = 1_000;

  /** So often Modal has to say that it knows no such sandbox: one that is new may be late there. */
  private static final int UNKNOWN = 3;

  /** Half of what servers take at the least, as a rule. */
  private static final int SANDBOXES_A_LINE = 50;

  private final ModalCalls calls;

  @GuardedBy("lines")
  private final List<Line> lines = new ArrayList<>();

  /** A connection, and how many sandboxes are asked for on it. */
  private static final class Line {
    private final UnaryCall.Site site;
    private int sandboxes;

    private Line(UnaryCall.Site site) {
      this.site = site;
    }
  }

  private final ExecutorService threads;

  SandboxWatch(ModalCalls calls) {
    this.calls = calls;
    AtomicInteger number = new AtomicInteger();
    threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "modal-watch-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Tells when the sandbox has ended, once, from a thread of this watch.
   *
   * @return to be cancelled when nobody wants to know any more
   */
  Future<?> watch(String sandboxId, Consumer<SandboxOutcome> onEnd) {
    try {
      return threads.submit(() -> run(sandboxId, onEnd));
    } catch (RejectedExecutionException e) {
      throw new IllegalStateException("Modal's sandboxes are closed already", e);
    }
  }

  private Line takeLine() {
    synchronized (lines) {
      Line free =
          lines.stream().filter(line -> line.sandboxes < SANDBOXES_A_LINE).findFirst().orElse(null);
      if (free == null) {
        free = new Line(calls.openLine());
        lines.add(free);
      }
      free.sandboxes++;
      return free;
    }
  }

  private void giveBack(Line line) {
    synchronized (lines) {
      line.sandboxes--;
    }
  }

  private void run(String sandboxId, Consumer<SandboxOutcome> onEnd) {
    Line line = takeLine();
    int unknown = 0;
    try {
      while (unknown < UNKNOWN) {
        Optional<SandboxOutcome> outcome = ask(line.site, sandboxId);
        if (outcome.isPresent() && !outcome.get().isUnknown()) {
          onEnd.accept(outcome.get());
          return;
        }
        unknown = outcome.isPresent() ? unknown + 1 : 0;
        if (outcome.isPresent()) {
          Thread.sleep(PAUSE_MILLIS);
        }
      }
      onEnd.accept(SandboxOutcome.unknown());
    } catch (InterruptedException e) {
      log.debug("sandbox={} is watched no more", sandboxId);
    } finally {
      giveBack(line);
    }
  }

  private Optional<SandboxOutcome> ask(UnaryCall.Site line, String sandboxId)
      throws InterruptedException {
    SandboxWaitRequest request =
        SandboxWaitRequest.newBuilder().setSandboxId(sandboxId).setTimeout(WAIT_SECONDS).build();
    try {
      SandboxWaitResponse answer =
          calls.callOn(line, SandboxBackend.of(sandboxId).wait, request, ATTEMPT, sandboxId);
      return SandboxOutcome.of(answer.getResult());
    } catch (RuntimeException e) {
      if (e instanceof ModalException refusal && refusal.kind() == ModalException.Kind.NOT_FOUND) {
        return Optional.of(SandboxOutcome.unknown());
      }
      // Whether it still runs is not known; its tunnel says so as long as it does.
      log.debug("sandbox={} cannot be asked for", sandboxId, e);
      Thread.sleep(PAUSE_MILLIS);
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
