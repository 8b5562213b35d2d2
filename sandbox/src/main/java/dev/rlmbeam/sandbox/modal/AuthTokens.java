package dev.rlmbeam.sandbox.modal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The short-lived token that Modal wants with each call. Fetched when it is first needed and again
 * at about half of its life, by one thread whoever asks; meanwhile the old one serves. Thread-safe.
 */
final class AuthTokens {
  private static final Logger log = LoggerFactory.getLogger(AuthTokens.class);
  private static final Duration UNKNOWN_LIFE = Duration.ofMinutes(20);

  /** Of a token that is over already by this machine's clock, which then is wrong. */
  private static final Duration DOUBTED_LIFE = Duration.ofMinutes(1);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Where tokens come from. */
  interface Source {
    /**
     * Fetches one.
     *
     * @param attempts at most so many
     */
    String fetch(int attempts) throws InterruptedException;
  }

  private record Token(String value, long refreshNanos, long endNanos) {}

  private final Source source;
  private final Executor executor;
  private final LongSupplier nanos;
  private final LongSupplier wallSeconds;

  @GuardedBy("this")
  private @Nullable Token token;

  @GuardedBy("this")
  private @Nullable CompletableFuture<Token> fetching;

  @GuardedBy("this")
  private Duration pause = FIRST_PAUSE;

  @GuardedBy("this")
  private long quietUntilNanos;

  /**
   * No token yet.
   *
   * @param executor fetches; its tasks block for some seconds
   * @param nanos a steady clock
   * @param wallSeconds the time of day, in seconds since 1970
   */
  AuthTokens(Source source, Executor executor, LongSupplier nanos, LongSupplier wallSeconds) {
    this.source = source;
    this.executor = executor;
    this.nanos = nanos;
    this.wallSeconds = wallSeconds;
    quietUntilNanos = nanos.getAsLong();
  }

  /**
   * A token that is valid now.
   *
   * @param timeout for fetching one, if there is none
   */
  String get(Duration timeout) throws InterruptedException {
    @Nullable CompletableFuture<Token> awaited = null;
    synchronized (this) {
      long now = nanos.getAsLong();
      Token held = token;
      boolean usable = held != null && now - held.endNanos < 0;
      boolean due = held == null || now - held.refreshNanos >= 0;
      if (!usable || (due && now - quietUntilNanos >= 0)) {
        awaited = fetch(usable);
      }
      if (held != null && usable) {
        return held.value;
      }
    }
    if (awaited == null) {
      throw new IllegalStateException("a token that is needed is always being fetched");
    }
    return await(awaited, timeout).value;
  }

  /** Drops a token that Modal does not accept (any more). */
  synchronized void reject(String value) {
    if (token != null && token.value.equals(value)) {
      token = null;
    }
  }

  /** At most one at a time. */
  @GuardedBy("this")
  private CompletableFuture<Token> fetch(boolean another) {
    if (fetching != null) {
      return fetching;
    }
    CompletableFuture<Token> future = new CompletableFuture<>();
    fetching = future;
    executor.execute(
        () -> {
          try {
            Token fresh = read(source.fetch(another ? 1 : 4));
            fetched(fresh);
            future.complete(fresh);
          } catch (RuntimeException | InterruptedException | Error e) {
            failed(); // whoever waits, and whoever comes, must not wait for it for ever
            future.completeExceptionally(e);
          }
        });
    return future;
  }

  private synchronized void fetched(Token fresh) {
    token = fresh;
    fetching = null;
    pause = FIRST_PAUSE;
  }

  private synchronized void failed() {
    fetching = null;
    quietUntilNanos = nanos.getAsLong() + pause.toNanos();
    pause =
        pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
  }

  private static Token await(CompletableFuture<Token> future, Duration timeout)
      throws InterruptedException {
    try {
      return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new ModalException(
          ModalException.Kind.SERVICE,
          "AuthTokenGet",
          "",
          "Modal gave no auth token in " + timeout,
          e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new CompletionException("no auth token could be fetched", e.getCause());
    }
  }

  private Token read(String value) {
    long now = nanos.getAsLong();
    Duration life = life(value);
    double half = 0.5 + ThreadLocalRandom.current().nextDouble() * 0.1;
    return new Token(value, now + (long) (life.toNanos() * half), now + life.toNanos());
  }

  /**
   * How long the token is valid, by the time that stands in it. Its signature is Modal's affair.
   */
  private Duration life(String value) {
    JsonNode claims;
    try {
      claims = JSON.readTree(Base64.getUrlDecoder().decode(value.split("\\.", -1)[1]));
    } catch (IOException | RuntimeException e) {
      log.warn("Modal's auth token says nothing of its life; taken to be {}", UNKNOWN_LIFE);
      return UNKNOWN_LIFE;
    }
    if (!claims.path("exp").isNumber()) {
      log.warn("Modal's auth token says nothing of its life; taken to be {}", UNKNOWN_LIFE);
      return UNKNOWN_LIFE;
    }
    long left = claims.path("exp").asLong() - wallSeconds.getAsLong();
    if (left > 0) {
      return Duration.ofSeconds(Math.min(left, Duration.ofDays(1).toSeconds()));
    }
    log.warn(
        "Modal's auth token is {} s over as soon as it is here: this machine's clock is wrong, or"
            + " Modal's; set it (timedatectl set-ntp true). The token is used all the same",
        -left);
    return DOUBTED_LIFE;
  }
}
