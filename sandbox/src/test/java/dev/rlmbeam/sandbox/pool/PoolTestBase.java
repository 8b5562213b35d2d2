package dev.rlmbeam.sandbox.pool;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.sandbox.fixtures.Leftovers;
import dev.rlmbeam.sandbox.fixtures.ScriptedAgents;
import dev.rlmbeam.sandbox.repl.ContextSource;
import dev.rlmbeam.sandbox.repl.ReplSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A pool over agents that do as they are told, and what opens its sessions. */
@Timeout(60)
abstract class PoolTestBase {
  static final Duration TIMEOUT = Duration.ofSeconds(10);
  final List<AutoCloseable> toClose = new ArrayList<>();
  ScriptedAgents agents = new ScriptedAgents(true, agent -> {});

  @AfterEach
  void close() throws Exception {
    for (int i = toClose.size() - 1; i >= 0; i--) {
      toClose.get(i).close();
    }
    agents.close();
    assertThat(Leftovers.threads()).isEmpty();
  }

  SessionPool pool(PoolOptions options) {
    SessionPool pool = SessionPool.over(agents, options);
    toClose.add(pool);
    return pool;
  }

  static ReplSession open(SessionPool pool, ContextSource... contexts) throws InterruptedException {
    return open(pool, "bundle", TIMEOUT, contexts);
  }

  static ReplSession open(
      SessionPool pool, String affinity, Duration timeout, ContextSource... contexts)
      throws InterruptedException {
    return pool.open(
        new SessionPool.Request("task", List.of(contexts), affinity, timeout),
        query -> new CompletableFuture<>());
  }

  static CompletableFuture<ReplSession> openElsewhere(SessionPool pool, String affinity) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return open(pool, affinity, TIMEOUT);
          } catch (InterruptedException e) {
            throw new CompletionException(e);
          }
        });
  }

  static ReplSession openAlone(SessionPool pool, Duration timeout) throws InterruptedException {
    return pool.open(
        new SessionPool.Request("task", List.of(), "bundle", timeout, true),
        query -> new CompletableFuture<>());
  }
}
