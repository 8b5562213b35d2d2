package dev.rlmbeam.sandbox.repl;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries answers into one sandbox. What is waiting goes in one call, several calls are under way
 * at a time, and a call that failed is repeated until the agent has said what became of each answer
 * or the sandbox is lost. Thread-safe; never blocks whoever hands in an answer.
 */
final class Responder {
  private static final Logger log = LoggerFactory.getLogger(Responder.class);

  /** So that answers that come one by one do not wait a round trip for each other. */
  private static final int MAX_CALLS = 32;

  private static final int MAX_REPLIES_A_CALL = 256;
  private static final int MAX_BYTES_A_CALL = 4 * 1024 * 1024;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  /** An answer that fails for reasons of this process so often is given up. */
  private static final int MAX_FAILURES = 5;

  /** Makes one call that brings answers, and says for each id what became of it. */
  interface Delivery {
    Map<String, String> respond(List<Reply> replies) throws IOException, AgentException;
  }

  private final String sandboxId;
  private final Delivery delivery;
  private final Loss loss;
  private final Executor executor;

  @GuardedBy("this")
  private final Deque<Reply> waiting = new ArrayDeque<>();

  @GuardedBy("this")
  private int calls;

  Responder(String sandboxId, Delivery delivery, Loss loss, Executor executor) {
    this.sandboxId = sandboxId;
    this.delivery = delivery;
    this.loss = loss;
    this.executor = executor;
  }

  void send(Reply reply) {
    synchronized (this) {
      waiting.add(reply);
      if (calls == MAX_CALLS) {
        return;
      }
      calls++;
    }
    try {
      executor.execute(this::carry);
    } catch (RejectedExecutionException e) {
      // The host is closing; the session that asked is closed with it.
      log.debug("sandbox={} answer={} dropped: closing", sandboxId, reply.id());
      callEnded();
    } catch (OutOfMemoryError e) { // no thread to be had: the next answer takes this one along
      log.warn("sandbox={} answer={} waits: {}", sandboxId, reply.id(), e.toString());
      callEnded();
    }
  }

  private void carry() {
    boolean placeGivenBack = false;
    try {
      for (List<Reply> batch = take(); !batch.isEmpty(); batch = take()) {
        deliver(batch);
      }
      placeGivenBack = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closing
    } finally {
      if (!placeGivenBack) {
        callEnded();
      }
    }
  }

  private synchronized void callEnded() {
    calls--;
  }

  /** The next answers to go in one call; empty gives the caller's place back. */
  private synchronized List<Reply> take() {
    List<Reply> batch = new ArrayList<>();
    long bytes = 0;
    while (!waiting.isEmpty() && batch.size() < MAX_REPLIES_A_CALL) {
      bytes += waiting.peekFirst().json().length;
      if (!batch.isEmpty() && bytes > MAX_BYTES_A_CALL) {
        break;
      }
      batch.add(waiting.removeFirst());
    }
    if (batch.isEmpty() || loss.isDeclared()) {
      calls--;
      return List.of();
    }
    return batch;
  }

  private void deliver(List<Reply> batch) throws InterruptedException {
    Duration pause = FIRST_PAUSE;
    int failures = 0;
    while (!loss.isDeclared()) {
      try {
        Map<String, String> results = delivery.respond(batch);
        log.debug("sandbox={} answers={}", sandboxId, results);
        return;
      } catch (AgentException e) {
        if (!e.isTransient()) {
          handleRefusal(batch, e);
          return;
        }
      } catch (IOException e) {
        if (Thread.interrupted()) {
          throw new InterruptedException("interrupted while answering");
        }
        log.debug("sandbox={} answers not delivered yet: {}", sandboxId, e.toString());
      } catch (RuntimeException | OutOfMemoryError e) { // those behind them must get through
        log.warn("sandbox={} answers not delivered", sandboxId, e);
        if (++failures == MAX_FAILURES) {
          return;
        }
      }
      loss.pause(pause);
      pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
    }
  }

  /** One answer that the agent does not take must not cost the others their delivery. */
  private void handleRefusal(List<Reply> batch, AgentException refusal)
      throws InterruptedException {
    if (batch.size() > 1) {
      for (Reply reply : batch) {
        deliver(List.of(reply));
      }
      return;
    }
    Reply refused = batch.get(0);
    log.warn("sandbox={} query={} answer refused: {}", sandboxId, refused.id(), refusal.reason());
    String message = "the answer could not be delivered: " + refusal.reason();
    try {
      delivery.respond(List.of(Reply.error(refused.id(), message)));
    } catch (AgentException | IOException e) {
      // Its code waits until its block is overdue; there is no one else to tell.
      log.warn("sandbox={} query={} has no answer: {}", sandboxId, refused.id(), e.toString());
    }
  }
}
