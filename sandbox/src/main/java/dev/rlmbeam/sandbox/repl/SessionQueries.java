package dev.rlmbeam.sandbox.repl;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queries of one session: each goes to the handler, and its answer goes back once. Thread-safe.
 */
final class SessionQueries {
  private static final Logger log = LoggerFactory.getLogger(SessionQueries.class);

  private final ModelQueryHandler handler;
  private final Responder responder;
  private final HeapShare held;

  @GuardedBy("this")
  private final Map<String, CompletableFuture<ModelAnswer>> open = new HashMap<>();

  @GuardedBy("this")
  private boolean ended;

  /**
   * For one session.
   *
   * @param held what the queries of all sessions of this process hold
   */
  SessionQueries(ModelQueryHandler handler, Responder responder, HeapShare held) {
    this.handler = handler;
    this.responder = responder;
    this.held = held;
  }

  /** Starts the answer to a query; the inbox sees to it that it comes once. */
  void ask(ModelQuery query) {
    if (hasEnded()) {
      return;
    }
    long bytes = bytes(query);
    if (!held.take(bytes)) {
      String message = "the host has no memory left for prompts that wait; ask for less at a time";
      responder.send(Reply.error(query.id(), message));
      return;
    }
    CompletableFuture<ModelAnswer> answer;
    try {
      answer = startAnswer(query);
    } catch (Error e) {
      held.giveBack(bytes);
      throw e;
    }
    synchronized (this) {
      if (!ended) {
        open.put(query.id(), answer);
      }
    }
    // After the map knows of it: a future that is done already is taken out of it again here.
    CompletableFuture<?> unused =
        answer.whenComplete(
            (value, failure) -> {
              held.giveBack(bytes);
              settle(query, value, failure);
            });
    if (hasEnded()) {
      answer.cancel(true);
    }
  }

  private static long bytes(ModelQuery query) {
    return query.prompts().stream().mapToLong(prompt -> 2L * prompt.length()).sum();
  }

  private CompletableFuture<ModelAnswer> startAnswer(ModelQuery query) {
    try {
      return Objects.requireNonNull(handler.answer(query), "a handler must return a future");
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void settle(ModelQuery query, @Nullable ModelAnswer answer, @Nullable Throwable failure) {
    synchronized (this) {
      if (open.remove(query.id()) == null) {
        return; // withdrawn meanwhile
      }
    }
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof CancellationException) {
      // Mostly because nobody waits; if somebody does, this is the last word.
      responder.send(Reply.error(query.id(), "the query was cancelled"));
    } else if (cause != null) {
      log.debug("session={} query={} failed", query.session(), query.id(), cause);
      String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
      responder.send(Reply.error(query.id(), message));
    } else if (answer != null) {
      responder.send(reply(query, answer));
    } else {
      responder.send(Reply.error(query.id(), "the host has no answer"));
    }
  }

  /** Whatever is wrong with an answer: its code must not wait for it in vain. */
  private static Reply reply(ModelQuery query, ModelAnswer answer) {
    try {
      return Reply.of(query, answer);
    } catch (RuntimeException | OutOfMemoryError e) {
      log.warn("session={} query={} has no usable answer", query.session(), query.id(), e);
      return Reply.error(query.id(), "the host's answer cannot be sent: " + e);
    }
  }

  /** Nobody waits for these any more. */
  void withdraw(List<String> ids) {
    List<CompletableFuture<ModelAnswer>> withdrawn = new ArrayList<>();
    synchronized (this) {
      for (String id : ids) {
        CompletableFuture<ModelAnswer> answer = open.remove(id);
        if (answer != null) {
          withdrawn.add(answer);
        }
      }
    }
    withdrawn.forEach(answer -> answer.cancel(true));
  }

  /** Nobody waits for any of them any more, and none is started from now on. */
  void end() {
    List<CompletableFuture<ModelAnswer>> withdrawn;
    synchronized (this) {
      ended = true;
      withdrawn = new ArrayList<>(open.values());
      open.clear();
    }
    withdrawn.forEach(answer -> answer.cancel(true));
  }

  private synchronized boolean hasEnded() {
    return ended;
  }
}
