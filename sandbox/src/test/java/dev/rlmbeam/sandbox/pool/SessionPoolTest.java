package dev.rlmbeam.sandbox.pool;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.Isolation;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.fixtures.Leftovers;
import dev.rlmbeam.sandbox.fixtures.ScriptedAgent;
import dev.rlmbeam.sandbox.fixtures.ScriptedAgents;
import dev.rlmbeam.sandbox.fixtures.TextContext;
import dev.rlmbeam.sandbox.repl.ReplSession;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who shares a sandbox with whom, over agents that do as they are told. */
@Timeout(60)
final class SessionPoolTest extends PoolTestBase {
  @Test
  void sessionsShareASandboxAndItsContexts() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults());
    TextContext context = TextContext.of("shared");

    try (ReplSession first = open(pool, context);
        ReplSession second = open(pool, context)) {
      assertThat(first.sandboxId()).isEqualTo(second.sandboxId());
      assertThat(first.id()).isNotEqualTo(second.id());
      assertThat(first.contexts()).isEqualTo(second.contexts());
    }

    assertThat(context.reads()).isEqualTo(1);
    assertThat(pool.openSandboxes()).isEqualTo(1);
    assertThat(pool.degradation()).isEmpty();
  }

  @Test
  void aSessionThatWantsASandboxToItselfSharesItWithNobody() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults());
    String alone;

    try (ReplSession shared = open(pool);
        ReplSession first = openAlone(pool, TIMEOUT);
        ReplSession second = openAlone(pool, TIMEOUT);
        ReplSession other = open(pool)) {
      alone = first.sandboxId();
      assertThat(Set.of(shared.sandboxId(), first.sandboxId(), second.sandboxId())).hasSize(3);
      assertThat(other.sandboxId()).isEqualTo(shared.sandboxId());
    }
    assertThat(Leftovers.within(TIMEOUT, () -> pool.openSandboxes() == 1)).isTrue();

    try (ReplSession next = open(pool)) {
      assertThat(next.sandboxId()).isNotEqualTo(alone);
    }
    assertThat(pool.isolation()).isEqualTo(Isolation.BUNDLE);
  }

  @Test
  void aSharedSandboxMakesRoomForASessionThatWantsOneToItself() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults().withBounds(4, 1));
    ReplSession shared = open(pool);

    assertThrows(SandboxException.class, () -> openAlone(pool, Duration.ofMillis(100)));
    CompletableFuture<ReplSession> waiting =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return openAlone(pool, TIMEOUT);
              } catch (InterruptedException e) {
                throw new CompletionException(e);
              }
            });
    shared.close();

    try (ReplSession alone = waiting.get(10, TimeUnit.SECONDS)) {
      assertThat(alone.sandboxId()).isNotEqualTo(shared.sandboxId());
    }
  }

  @Test
  void elementIsolationGivesEachSessionAFreshSandbox() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults().withIsolation(Isolation.ELEMENT));

    String first;
    try (ReplSession session = open(pool)) {
      first = session.sandboxId();
    }
    try (ReplSession session = open(pool)) {
      assertThat(session.sandboxId()).isNotEqualTo(first);
    }

    assertThat(Leftovers.within(TIMEOUT, () -> agents.alive() == 0)).isTrue();
    assertThat(Leftovers.within(TIMEOUT, () -> pool.openSandboxes() == 0)).isTrue();
  }

  @Test
  void bundleBecomesElementWhereSessionsAreNotApart() throws Exception {
    agents = new ScriptedAgents(false, ScriptedAgent::withoutUids);
    SessionPool pool = pool(PoolOptions.defaults());

    assertThat(pool.isolation()).isEqualTo(Isolation.ELEMENT);
    assertThat(pool.degradation().get())
        .isEqualTo(
            "isolation=bundle becomes element: sessions of one sandbox cannot be kept apart here"
                + " (scripted), so each element gets a sandbox of its own");
    try (ReplSession first = open(pool);
        ReplSession second = open(pool)) {
      assertThat(first.sandboxId()).isNotEqualTo(second.sandboxId());
    }
  }

  @Test
  void aSandboxThatTurnsOutToHaveNoUidsServesOneSession() throws Exception {
    agents = new ScriptedAgents(true, ScriptedAgent::withoutUids);
    SessionPool pool = pool(PoolOptions.defaults());

    try (ReplSession first = open(pool);
        ReplSession second = open(pool)) {
      assertThat(first.sandboxId()).isNotEqualTo(second.sandboxId());
    }
    assertThat(pool.isolation()).isEqualTo(Isolation.ELEMENT);
    assertThat(pool.degradation().get()).contains("sandbox sb-1 has no uids for them");
  }

  @Test
  void aSandboxIsNotUsedAgainAfterASessionThatDidNotEndClean() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults());
    ReplSession neighbour = open(pool);
    ReplSession dirty = open(pool);
    agents.opened().get(0).closeSessionsUnclean();

    dirty.close();

    try (ReplSession next = open(pool)) {
      assertThat(next.sandboxId()).isNotEqualTo(dirty.sandboxId());
    }
    assertThat(agents.opened().get(0).isAlive()).isTrue();
    neighbour.close();
    assertThat(Leftovers.within(TIMEOUT, () -> !agents.opened().get(0).isAlive())).isTrue();
  }

  @Test
  void aBundlePrefersTheSandboxesThatWereOpenedForIt() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults().withBounds(2, 4));
    ReplSession a1 = open(pool, "a", TIMEOUT);
    ReplSession a2 = open(pool, "a", TIMEOUT);
    ReplSession b1 = open(pool, "b", TIMEOUT);
    a1.close();

    try (ReplSession b2 = open(pool, "b", TIMEOUT);
        ReplSession a3 = open(pool, "a", TIMEOUT)) {
      assertThat(b2.sandboxId()).isEqualTo(b1.sandboxId());
      assertThat(a3.sandboxId()).isEqualTo(a2.sandboxId());
    }
  }

  @Test
  void optionsOutOfRangeAreRefusedWithTheirValue() {
    PoolOptions options = PoolOptions.defaults();

    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> options.withBounds(0, 1));

    assertThat(e).hasMessageThat().isEqualTo("sessionsPerSandbox must be >= 1, but was 0");
    assertThrows(IllegalArgumentException.class, () -> options.withBounds(1, 0));
    assertThrows(IllegalArgumentException.class, () -> options.withContextCacheMib(-1));
    assertThat(options.sessionsPerSandbox()).isEqualTo(8);
    assertThat(options.maxSandboxes()).isEqualTo(64);
    assertThat(options.idleTimeout()).isEqualTo(Duration.ofSeconds(60));
  }
}
