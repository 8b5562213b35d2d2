package dev.rlmbeam.sandbox.repl;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.sandbox.fixtures.Leftovers;
import dev.rlmbeam.sandbox.fixtures.ScriptedAgent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers whose delivery fails in other ways than a way that breaks. */
@Timeout(60)
final class ResponderTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int MORE_THAN_CALLS = 40;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> delivered = new CopyOnWriteArrayList<>();
  private final AtomicInteger failures = new AtomicInteger();
  private ScriptedAgent agent;
  private Loss loss;

  @BeforeEach
  void open() throws Exception {
    agent = new ScriptedAgent("sb");
    loss = new Loss(agent);
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
    agent.close();
  }

  private Map<String, String> deliver(List<Reply> replies) {
    replies.forEach(reply -> delivered.add(new String(reply.json(), StandardCharsets.UTF_8)));
    return Map.of();
  }

  private boolean isDelivered(String part) throws InterruptedException {
    return Leftovers.within(
        TIMEOUT, () -> delivered.stream().anyMatch(reply -> reply.contains(part)));
  }

  private static ModelQuery query(String id, String prompt) {
    return new ModelQuery(id, "s", false, List.of(prompt), Optional.empty());
  }

  @Test
  void anAnswerIsTriedAgainAfterAFailureOfThisProcess() throws Exception {
    Responder responder =
        new Responder(
            "sb",
            replies -> {
              if (failures.incrementAndGet() <= 2) {
                throw new IllegalStateException("out of order");
              }
              return deliver(replies);
            },
            loss,
            threads);

    responder.send(Reply.error("q1", "first"));

    assertThat(isDelivered("first")).isTrue();
    assertThat(delivered).hasSize(1);
  }

  @Test
  void errorsTakeNoCallForEver() throws Exception {
    AtomicInteger ended = new AtomicInteger();
    Responder responder =
        new Responder(
            "sb",
            replies -> {
              if (failures.incrementAndGet() <= MORE_THAN_CALLS) {
                throw new StackOverflowError("too deep");
              }
              return deliver(replies);
            },
            loss,
            task ->
                threads.execute(
                    () -> {
                      try {
                        task.run();
                      } catch (StackOverflowError e) {
                        ended.incrementAndGet();
                      }
                    }));
    for (int i = 1; i <= MORE_THAN_CALLS; i++) {
      int number = i;
      responder.send(Reply.error("q" + i, "lost"));
      assertThat(Leftovers.within(TIMEOUT, () -> ended.get() == number)).isTrue();
    }

    responder.send(Reply.error("last", "told"));

    assertThat(isDelivered("told")).isTrue();
  }

  @Test
  void aThreadThatCannotBeHadTakesNoCallForEver() throws Exception {
    AtomicInteger refused = new AtomicInteger();
    Responder responder =
        new Responder(
            "sb",
            this::deliver,
            loss,
            task -> {
              if (refused.incrementAndGet() <= MORE_THAN_CALLS) {
                if (refused.get() % 2 == 0) {
                  throw new RejectedExecutionException("closing");
                }
                throw new OutOfMemoryError("unable to create native thread");
              }
              threads.execute(task);
            });
    for (int i = 1; i <= MORE_THAN_CALLS; i++) {
      responder.send(Reply.error("q" + i, "waiting"));
    }

    responder.send(Reply.error("last", "told"));

    assertThat(isDelivered("told")).isTrue();
    assertThat(Leftovers.within(TIMEOUT, () -> delivered.size() == MORE_THAN_CALLS + 1)).isTrue();
  }

  @Test
  void anAnswerThatIsRefusedCostsTheOthersNothing() throws Exception {
    List<Runnable> calls = new ArrayList<>();
    Responder responder =
        new Responder(
            "sb",
            replies -> {
              boolean tooMuch =
                  replies.stream()
                      .anyMatch(
                          reply ->
                              new String(reply.json(), StandardCharsets.UTF_8).contains("much"));
              if (tooMuch) {
                throw new AgentException(
                    "POST /respond",
                    413,
                    Json.object().put("code", "too-large").put("error", "too large"));
              }
              return deliver(replies);
            },
            loss,
            calls::add);
    responder.send(Reply.error("q1", "before"));
    responder.send(Reply.error("q2", "much"));
    responder.send(Reply.error("q3", "behind"));

    calls.forEach(threads::execute);

    assertThat(isDelivered("before")).isTrue();
    assertThat(isDelivered("behind")).isTrue();
    assertThat(isDelivered("the answer could not be delivered: too large")).isTrue();
    assertThat(delivered).hasSize(3);
  }

  @Test
  @SuppressWarnings("NullOptional") // that is what is wrong with it
  void anAnswerThatIsNoneIsAnsweredWithAnError() throws Exception {
    SessionQueries queries =
        new SessionQueries(
            query -> CompletableFuture.completedFuture(new ModelAnswer(List.of("x"), null)),
            new Responder("sb", this::deliver, loss, threads),
            new HeapShare(1_000));

    queries.ask(query("q1", "p"));

    assertThat(isDelivered("the host's answer cannot be sent")).isTrue();
  }

  @Test
  void promptsThatWaitHoldNoMoreThanTheirShareOfTheHeap() throws Exception {
    CompletableFuture<ModelAnswer> answer = new CompletableFuture<>();
    HeapShare share = new HeapShare(100);
    Responder responder = new Responder("sb", this::deliver, loss, threads);
    SessionQueries first = new SessionQueries(query -> answer, responder, share);
    SessionQueries other = new SessionQueries(query -> answer, responder, share);
    first.ask(query("q1", "p".repeat(40)));

    other.ask(query("q2", "p".repeat(20)));

    assertThat(isDelivered("q2")).isTrue();
    assertThat(isDelivered("no memory left for prompts that wait")).isTrue();
    first.withdraw(List.of("q1"));
    assertThat(share.take(100)).isTrue();
  }
}
