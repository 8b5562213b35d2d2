package dev.rlmbeam.sandbox.modal;

import dev.rlmbeam.sandbox.modal.proto.SandboxWaitRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxWaitResponse;
import java.time.Duration;
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

  private final ModalCalls calls;
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

  private void run(String sandboxId, Consumer<SandboxOutcome> onEnd) {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Optional<SandboxOutcome> outcome = ask(sandboxId);
        if (outcome.isPresent()) {
          onEnd.accept(outcome.get());
          return;
        }
      }
    } catch (InterruptedException e) {
      log.debug("sandbox={} is watched no more", sandboxId);
    }
  }

  private Optional<SandboxOutcome> ask(String sandboxId) throws InterruptedException {
    SandboxWaitRequest request =
        SandboxWaitRequest.newBuilder().setSandboxId(sandboxId).setTimeout(WAIT_SECONDS).build();
    try {
      SandboxWaitResponse answer =
          calls.call(SandboxBackend.of(sandboxId).wait, request, ATTEMPT, sandboxId);
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
