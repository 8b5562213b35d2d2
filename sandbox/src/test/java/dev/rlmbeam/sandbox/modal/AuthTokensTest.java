package dev.rlmbeam.sandbox.modal;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When tokens are fetched, and which one serves. */
final class AuthTokensTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final long WALL = 1_800_000_000;

  private final AtomicLong nanos = new AtomicLong(1);
  private final AtomicInteger fetched = new AtomicInteger();
  private final Deque<Runnable> waiting = new ArrayDeque<>();

  private static String jwt(long exp) {
    String claims = "{\"exp\":" + exp + "}";
    return "h."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(claims.getBytes(StandardCharsets.UTF_8))
        + ".s"
        + exp;
  }

  private AuthTokens tokens(AuthTokens.Source source) {
    return new AuthTokens(source, Runnable::run, nanos::get, () -> WALL);
  }

  private String lasting(Duration life) {
    fetched.incrementAndGet();
    return jwt(WALL + life.toSeconds()) + fetched;
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void oneTokenServesUntilHalfOfItsLife() throws Exception {
    AuthTokens tokens = tokens(attempts -> lasting(Duration.ofMinutes(20)));
    String first = tokens.get(TIMEOUT);
    pass(Duration.ofMinutes(9));
    assertThat(tokens.get(TIMEOUT)).isEqualTo(first);
    assertThat(fetched.get()).isEqualTo(1);

    pass(Duration.ofMinutes(4));
    String unused = tokens.get(TIMEOUT); // the old one still serves whoever asks first
    assertThat(tokens.get(TIMEOUT)).isNotEqualTo(first);
    assertThat(fetched.get()).isEqualTo(2);
  }

  @Test
  void whileOneIsFetchedTheOldOneServesAndNobodyElseFetches() throws Exception {
    AuthTokens tokens =
        new AuthTokens(
            attempts -> lasting(Duration.ofMinutes(20)), waiting::add, nanos::get, () -> WALL);
    try {
      assertThrows(ModalException.class, () -> tokens.get(Duration.ofMillis(1)));
      waiting.remove().run();
      String first = tokens.get(TIMEOUT);

      pass(Duration.ofMinutes(13));
      assertThat(tokens.get(TIMEOUT)).isEqualTo(first);
      assertThat(tokens.get(TIMEOUT)).isEqualTo(first);
      assertThat(waiting).hasSize(1);
      waiting.remove().run();
      assertThat(tokens.get(TIMEOUT)).isNotEqualTo(first);
    } finally {
      waiting.clear();
    }
  }

  @Test
  void manyWhoAskAtOnceWaitForOneFetch() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    CountDownLatch go = new CountDownLatch(1);
    AuthTokens tokens =
        new AuthTokens(
            attempts -> {
              go.await();
              return lasting(Duration.ofMinutes(20));
            },
            threads,
            nanos::get,
            () -> WALL);
    try {
      List<Future<String>> asked = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        asked.add(threads.submit(() -> tokens.get(TIMEOUT)));
      }
      go.countDown();
      for (Future<String> one : asked) {
        assertThat(one.get()).isEqualTo(tokens.get(TIMEOUT));
      }
      assertThat(fetched.get()).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aRefreshThatFailsIsTriedAgainAfterAPauseAndTheOldOneServes() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    AuthTokens tokens =
        tokens(
            attempts -> {
              if (calls.incrementAndGet() > 1) {
                throw new IllegalStateException("down");
              }
              assertThat(attempts).isEqualTo(4);
              return lasting(Duration.ofMinutes(20));
            });
    String first = tokens.get(TIMEOUT);
    pass(Duration.ofMinutes(13));

    assertThat(tokens.get(TIMEOUT)).isEqualTo(first);
    assertThat(tokens.get(TIMEOUT)).isEqualTo(first);
    assertThat(calls.get()).isEqualTo(2);
    pass(Duration.ofSeconds(1));
    assertThat(tokens.get(TIMEOUT)).isEqualTo(first);
    assertThat(calls.get()).isEqualTo(3);

    pass(Duration.ofMinutes(8)); // over
    assertThrows(IllegalStateException.class, () -> tokens.get(TIMEOUT));
  }

  @Test
  void aTokenThatIsOverByAWrongClockIsUsedAllTheSame() throws Exception {
    AuthTokens tokens = tokens(attempts -> lasting(Duration.ofHours(-1)));

    String first = tokens.get(TIMEOUT);
    pass(Duration.ofSeconds(20));

    assertThat(tokens.get(TIMEOUT)).isEqualTo(first);
    assertThat(fetched.get()).isEqualTo(1);
  }

  @Test
  void aTokenThatSaysNothingOfItsLifeIsTakenToLast() throws Exception {
    AuthTokens tokens =
        tokens(
            attempts -> {
              fetched.incrementAndGet();
              return "opaque";
            });

    assertThat(tokens.get(TIMEOUT)).isEqualTo("opaque");
    pass(Duration.ofMinutes(9));
    assertThat(tokens.get(TIMEOUT)).isEqualTo("opaque");
    assertThat(fetched.get()).isEqualTo(1);
  }

  @Test
  void aTokenThatModalRefusesIsFetchedAnew() throws Exception {
    AuthTokens tokens = tokens(attempts -> lasting(Duration.ofMinutes(20)));
    String first = tokens.get(TIMEOUT);

    tokens.reject(first);

    assertThat(tokens.get(TIMEOUT)).isNotEqualTo(first);
  }

  @Test
  void aFetchThatEndsByAnErrorIsNotWaitedForForEver() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    AuthTokens tokens =
        new AuthTokens(
            attempts -> {
              if (fetched.incrementAndGet() == 1) {
                throw new StackOverflowError("deep");
              }
              return lasting(Duration.ofMinutes(20));
            },
            threads,
            nanos::get,
            () -> WALL);
    try {
      assertThrows(CompletionException.class, () -> tokens.get(TIMEOUT));

      assertThat(tokens.get(TIMEOUT)).isNotEmpty();
    } finally {
      threads.shutdownNow();
    }
  }
}
