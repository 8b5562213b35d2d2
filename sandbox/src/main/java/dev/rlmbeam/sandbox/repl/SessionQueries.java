package dev.rlmbeam.sandbox.repl;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queries of one session: each goes to the handler once, however often its event comes, and its
 * answer goes back once. Thread-safe.
 */
final class SessionQueries {
  private static final Logger log = LoggerFactory.getLogger(SessionQueries.class);

  private final ModelQueryHandler handler;
  private final Responder responder;

  @GuardedBy("this")
  private final Set<String> seen = new HashSet<>();

  @GuardedBy("this")
  private final Map<String, CompletableFuture<ModelAnswer>> open = new HashMap<>();

  @GuardedBy("this")
  private boolean ended;

  SessionQueries(ModelQueryHandler handler, Responder responder) {
    this.handler = handler;
    this.responder = responder;
  }

  /** Starts the answer to a query, unless it was started before. */
  void ask(ModelQuery query) {
    synchronized (this) {
      if (ended || !seen.add(query.id())) {
        return;
      }
    }
    CompletableFuture<ModelAnswer> answer = startAnswer(query);
    synchronized (this) {
      if (!ended) {
        open.put(query.id(), answer);
      }
    }
    // After the map knows of it: a future that is done already is taken out of it again here.
    CompletableFuture<?> unused =
        answer.whenComplete((value, failure) -> settle(query, value, failure));
    if (hasEnded()) {
      answer.cancel(true);
    }
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
      responder.send(Reply.of(query, answer));
    } else {
      responder.send(Reply.error(query.id(), "the host has no answer"));
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
