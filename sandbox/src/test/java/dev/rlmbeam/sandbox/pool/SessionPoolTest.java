package dev.rlmbeam.sandbox.pool;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.Isolation;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.fixtures.Leftovers;
import dev.rlmbeam.sandbox.fixtures.ScriptedAgent;
import dev.rlmbeam.sandbox.fixtures.ScriptedAgents;
import dev.rlmbeam.sandbox.fixtures.TextContext;
import dev.rlmbeam.sandbox.repl.ContextException;
import dev.rlmbeam.sandbox.repl.ContextSource;
import dev.rlmbeam.sandbox.repl.DiskFullException;
import dev.rlmbeam.sandbox.repl.ReplSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the pool decides, over agents that do as they are told. */
@Timeout(60)
final class SessionPoolTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private final List<AutoCloseable> toClose = new ArrayList<>();
  private ScriptedAgents agents = new ScriptedAgents(true, agent -> {});

  @AfterEach
  void close() throws Exception {
    for (int i = toClose.size() - 1; i >= 0; i--) {
      toClose.get(i).close();
    }
    agents.close();
    assertThat(Leftovers.threads()).isEmpty();
  }

  private SessionPool pool(PoolOptions options) {
    SessionPool pool = SessionPool.over(agents, options);
    toClose.add(pool);
    return pool;
  }

  private static ReplSession open(SessionPool pool, ContextSource... contexts)
      throws InterruptedException {
    return open(pool, "bundle", TIMEOUT, contexts);
  }

  private static ReplSession open(
      SessionPool pool, String affinity, Duration timeout, ContextSource... contexts)
      throws InterruptedException {
    return pool.open(
        new SessionPool.Request("task", List.of(contexts), affinity, timeout),
        query -> new CompletableFuture<>());
  }

  private static CompletableFuture<ReplSession> openElsewhere(SessionPool pool, String affinity) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return open(pool, affinity, TIMEOUT);
          } catch (InterruptedException e) {
            throw new CompletionException(e);
          }
        });
  }

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

  private static ReplSession openAlone(SessionPool pool, Duration timeout)
      throws InterruptedException {
    return pool.open(
        new SessionPool.Request("task", List.of(), "bundle", timeout, true),
        query -> new CompletableFuture<>());
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
  void anErrorWhileASandboxIsOpenedTakesNoPlaceForEver() throws Exception {
    AtomicInteger opened = new AtomicInteger();
    agents =
        new ScriptedAgents(
            true,
            agent -> {
              if (opened.incrementAndGet() == 1) {
                agent.failOnToken(new OutOfMemoryError("unable to create native thread"));
              }
            });
    SessionPool pool = pool(PoolOptions.defaults().withBounds(4, 1));

    SandboxException e = assertThrows(SandboxException.class, () -> open(pool));

    assertThat(e).hasMessageThat().contains("unable to create native thread");
    assertThat(e.retryable()).isTrue();
    assertThat(agents.alive()).isEqualTo(0);
    try (ReplSession next = open(pool)) {
      assertThat(next.sandboxId()).isEqualTo("sb-2");
    }
  }

  @Test
  void oneUploadServesAllWhoWantTheContextAtTheSameTime() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults());
    TextContext context = TextContext.of("wanted");
    ExecutorService threads = Executors.newFixedThreadPool(8);
    toClose.add(threads::shutdownNow);
    CountDownLatch start = new CountDownLatch(1);
    List<CompletableFuture<String>> sandboxes = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      sandboxes.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  start.await();
                  return open(pool, context).sandboxId();
                } catch (InterruptedException e) {
                  throw new CompletionException(e);
                }
              },
              threads));
    }
    start.countDown();
    Set<String> used = new HashSet<>();
    for (CompletableFuture<String> sandbox : sandboxes) {
      used.add(sandbox.get(20, TimeUnit.SECONDS));
    }

    assertThat(context.reads()).isEqualTo(used.size());
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
  void aSlotComesBackFromWhateverThreadClosesTheSession() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults().withBounds(1, 1));
    ReplSession only = open(pool);
    CompletableFuture<ReplSession> waiting = openElsewhere(pool, "other");

    CompletableFuture.runAsync(only::close).get(10, TimeUnit.SECONDS);

    assertThat(waiting.get(10, TimeUnit.SECONDS).sandboxId()).isEqualTo(only.sandboxId());
    waiting.get(10, TimeUnit.SECONDS).close();
  }

  @Test
  void whoeverWaitsTooLongIsToldHowManyThereAre() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults().withBounds(1, 1));
    ReplSession only = open(pool);

    SandboxException e =
        assertThrows(SandboxException.class, () -> open(pool, "b", Duration.ofMillis(50)));

    assertThat(e.retryable()).isTrue();
    assertThat(e).hasMessageThat().contains("no session slot was free for task in PT0.05S");
    assertThat(e).hasMessageThat().contains("at most 1 may be");
    only.close();
    open(pool).close();
  }

  @Test
  void anInterruptedWaiterLeavesItsPlaceToOthers() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults().withBounds(1, 1));
    ReplSession only = open(pool);
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    Thread waiter =
        new Thread(
            () -> {
              try {
                open(pool);
              } catch (InterruptedException | RuntimeException e) {
                outcome.complete(e);
              }
            });
    waiter.start();
    waiter.interrupt();
    assertThat(outcome.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);

    only.close();

    open(pool).close();
  }

  @Test
  void opensNoMoreAtATimeThanTheMachineCanTake() throws Exception {
    int bound = 2 * Runtime.getRuntime().availableProcessors();
    CountDownLatch full = new CountDownLatch(bound);
    agents =
        new ScriptedAgents(
            true,
            agent -> {
              full.countDown();
              try {
                full.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    SessionPool pool = pool(PoolOptions.defaults().withBounds(1, 64));
    ExecutorService threads = Executors.newFixedThreadPool(4 * bound);
    toClose.add(threads::shutdownNow);
    List<CompletableFuture<ReplSession>> sessions = new ArrayList<>();
    for (int i = 0; i < 4 * bound; i++) {
      sessions.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return open(pool);
                } catch (InterruptedException e) {
                  throw new CompletionException(e);
                }
              },
              threads));
    }

    for (CompletableFuture<ReplSession> session : sessions) {
      session.get(20, TimeUnit.SECONDS);
    }
    assertThat(agents.peakOpening()).isEqualTo(bound);
    assertThat(pool.openSandboxes()).isEqualTo(4 * bound);
  }

  @Test
  void aHopelessSetupIsToldToAllWhoWait() throws Exception {
    CountDownLatch allWait = new CountDownLatch(1);
    AtomicInteger openings = new AtomicInteger();
    agents =
        new ScriptedAgents(
            true,
            agent -> {
              openings.incrementAndGet();
              agent.close();
              try {
                allWait.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              throw new SandboxSetupException("no python3; install it");
            });
    SessionPool pool = pool(PoolOptions.defaults());
    List<CompletableFuture<Throwable>> outcomes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      CompletableFuture<Throwable> outcome = new CompletableFuture<>();
      outcomes.add(outcome);
      startWaiter(() -> outcome.complete(assertThrows(Exception.class, () -> open(pool))));
    }

    allWait.countDown();

    for (CompletableFuture<Throwable> outcome : outcomes) {
      Throwable e = outcome.get(10, TimeUnit.SECONDS);
      assertThat(e).isInstanceOf(SandboxSetupException.class);
      assertThat(e).hasMessageThat().contains("install it");
    }
    assertThat(openings.get()).isEqualTo(1);
  }

  /** Starts a thread and returns once it waits for a slot. */
  private static void startWaiter(Runnable task) throws InterruptedException {
    Thread waiter = new Thread(task);
    waiter.setDaemon(true);
    waiter.start();
    assertThat(Leftovers.within(TIMEOUT, () -> waiter.getState() == Thread.State.TIMED_WAITING))
        .isTrue();
  }

  @Test
  void whoCameFirstIsServedFirst() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults().withBounds(1, 1));
    ReplSession only = open(pool);
    List<Integer> served = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 4; i++) {
      int number = i;
      startWaiter(
          () -> {
            try (ReplSession session = open(pool, "bundle", Duration.ofSeconds(20))) {
              served.add(number);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }

    only.close();

    assertThat(Leftovers.within(TIMEOUT, () -> served.size() == 4)).isTrue();
    assertThat(served).containsExactly(0, 1, 2, 3).inOrder();
  }

  @Test
  void aSandboxThatRefusesASessionForItsOwnReasonsServesNoOther() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults());
    open(pool).close();
    agents.opened().get(0).refuseSessions("no-process");

    SandboxException e = assertThrows(SandboxException.class, () -> open(pool));

    assertThat(e.retryable()).isTrue();
    try (ReplSession next = open(pool)) {
      assertThat(next.sandboxId()).isEqualTo("sb-2");
    }
  }

  @Test
  void aShortageOfMemoryIsNoFaultOfTheContext() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults());
    TextContext context = TextContext.of("large");
    open(pool, context).close();
    agents.opened().get(0).refuseSessions("context-memory");

    SandboxException e = assertThrows(SandboxException.class, () -> open(pool, context));

    assertThat(e.retryable()).isTrue();
    assertThat(e).hasMessageThat().contains("the context from inline");
    agents.opened().get(0).refuseSessions("");
    try (ReplSession next = open(pool, context)) {
      assertThat(next.sandboxId()).isEqualTo("sb-1");
    }
  }

  @Test
  void aContextThatWasUploadedAgainStaysForThoseWhoHaveIt() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults().withContextCacheMib(0));
    TextContext context = TextContext.of("volatile");
    String deletion = "DELETE /contexts/" + context.hash();
    ReplSession first = open(pool, context);
    agents.opened().get(0).loseContexts(1);
    ReplSession second = open(pool, context);
    assertThat(context.reads()).isEqualTo(2);

    first.close();

    assertThat(agents.opened().get(0).calls()).doesNotContain(deletion);
    second.close();
    assertThat(agents.opened().get(0).calls()).contains(deletion);
  }

  @Test
  void aSandboxIsNotGivenUpForOneWhoHasLeft() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults().withBounds(4, 1));
    try (ReplSession shared = open(pool)) {
      assertThrows(SandboxException.class, () -> openAlone(pool, Duration.ofMillis(100)));

      try (ReplSession next = open(pool)) {
        assertThat(next.sandboxId()).isEqualTo(shared.sandboxId());
      }
    }
  }

  @Test
  void oneOpeningThatFailsIsOneFailure() throws Exception {
    AtomicInteger openings = new AtomicInteger();
    agents =
        new ScriptedAgents(
            true,
            agent -> {
              if (openings.incrementAndGet() == 1) {
                agent.close();
                throw new SandboxException("", true, "no room just now");
              }
            });
    SessionPool pool = pool(PoolOptions.defaults());

    SandboxException e = assertThrows(SandboxException.class, () -> open(pool));

    assertThat(e).hasMessageThat().isEqualTo("no room just now");
    open(pool).close();
  }

  @Test
  void idleSandboxesAreKeptForAWhileAndThenClosed() throws Exception {
    SessionPool patient = pool(PoolOptions.defaults());
    ReplSession session = open(patient);
    session.close();
    try (ReplSession again = open(patient)) {
      assertThat(again.sandboxId()).isEqualTo(session.sandboxId());
    }
    patient.close();

    SessionPool pool = pool(PoolOptions.defaults().withIdleTimeout(Duration.ofMillis(50)));
    try (ReplSession used = open(pool)) {
      assertThat(used.sandboxId()).isNotEqualTo(session.sandboxId());
      assertThat(Leftovers.within(Duration.ofMillis(300), () -> agents.alive() == 0)).isFalse();
    }

    assertThat(Leftovers.within(TIMEOUT, () -> agents.alive() == 0)).isTrue();
    // The pool counts a sandbox until its end is confirmed, which is a moment later.
    assertThat(Leftovers.within(TIMEOUT, () -> pool.openSandboxes() == 0)).isTrue();
  }

  @Test
  void aSandboxNearItsEndTakesNoNewSession() throws Exception {
    SandboxSpec shortLived = SandboxSpec.defaults().withTimeout(Duration.ofSeconds(1));
    SessionPool pool =
        pool(PoolOptions.defaults().withSpec(shortLived).withSessionLife(Duration.ofMillis(900)));
    ReplSession first = open(pool);
    first.close();

    // At most half of its timeout counts as too near to its end.
    assertThat(Leftovers.within(TIMEOUT, () -> agents.alive() == 0)).isTrue();
    try (ReplSession second = open(pool)) {
      assertThat(second.sandboxId()).isNotEqualTo(first.sandboxId());
    }
  }

  @Test
  void theLifeOfASandboxBeginsBeforeItsAgentAnswers() throws Exception {
    PoolOptions options =
        PoolOptions.defaults()
            .withSpec(SandboxSpec.defaults().withTimeout(Duration.ofMinutes(10)))
            .withSessionLife(Duration.ofMinutes(4));
    try (SessionPool young =
            SessionPool.over(new SlowlyComing(agents, Duration.ofMinutes(5)), options);
        SessionPool old =
            SessionPool.over(new SlowlyComing(agents, Duration.ofMinutes(7)), options)) {
      ReplSession first = open(young);
      assertThat(open(young).sandboxId()).isEqualTo(first.sandboxId());

      // Good for the one that it was opened for, and too near to its end for any other.
      ReplSession second = open(old);
      assertThat(open(old).sandboxId()).isNotEqualTo(second.sandboxId());
    }
  }

  @Test
  void aLostSandboxIsReplaced() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults());
    ReplSession first = open(pool);
    agents.opened().get(0).die();
    assertThrows(SandboxException.class, () -> first.execute("1", TIMEOUT));

    try (ReplSession second = open(pool)) {
      assertThat(second.sandboxId()).isNotEqualTo(first.sandboxId());
    }
    first.close();
    assertThat(Leftovers.within(TIMEOUT, () -> pool.openSandboxes() == 1)).isTrue();
  }

  @Test
  void aContextThatIsMissingIsUploadedAgain() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults());
    TextContext context = TextContext.of("volatile");
    open(pool, context).close();
    agents.opened().get(0).loseContexts(1);

    open(pool, context).close();

    assertThat(context.reads()).isEqualTo(2);
  }

  @Test
  void contextsNobodyUsesAreDeletedWhenTheyBecomeTooMuch() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults().withContextCacheMib(1));
    TextContext old = TextContext.of("o".repeat(700_000));
    TextContext used = TextContext.of("u".repeat(700_000));
    TextContext recent = TextContext.of("r".repeat(700_000));
    try (ReplSession session = open(pool, used)) {
      open(pool, old).close();
      open(pool, recent).close();

      assertThat(agents.opened().get(0).calls())
          .containsAtLeast("PUT /contexts/" + old.hash(), "DELETE /contexts/" + old.hash());
      assertThat(agents.opened().get(0).calls())
          .containsNoneOf("DELETE /contexts/" + used.hash(), "DELETE /contexts/" + recent.hash());
      open(pool, recent).close();
      assertThat(recent.reads()).isEqualTo(1);
    }
  }

  @Test
  void aFullDiskIsSaidAndGivesTheSlotBack() throws Exception {
    agents = new ScriptedAgents(true, agent -> agent.answerUploads(507));
    SessionPool pool = pool(PoolOptions.defaults().withBounds(1, 1));

    DiskFullException e =
        assertThrows(DiskFullException.class, () -> open(pool, TextContext.of("much")));

    assertThat(e).hasMessageThat().contains("no room for the context from inline");
    open(pool).close();
  }

  @Test
  void aContextAtFaultGivesTheSlotBack() throws Exception {
    agents = new ScriptedAgents(true, agent -> agent.answerUploads(422));
    SessionPool pool = pool(PoolOptions.defaults().withBounds(1, 1));

    assertThrows(ContextException.class, () -> open(pool, TextContext.of("much")));

    open(pool).close();
  }

  @Test
  void closingEndsSessionsAndRefusesNewOnes() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults());
    ReplSession session = open(pool);
    CompletableFuture<Throwable> outcome =
        CompletableFuture.supplyAsync(
            () ->
                assertThrows(
                    SandboxException.class, () -> session.execute("1", Duration.ofMinutes(1))));
    assertThat(
            Leftovers.within(
                TIMEOUT, () -> agents.opened().get(0).calls().toString().contains("execute")))
        .isTrue();

    pool.close();
    pool.close();

    assertThat(outcome.get(10, TimeUnit.SECONDS)).hasMessageThat().contains("lost");
    assertThat(agents.alive()).isEqualTo(0);
    assertThrows(IllegalStateException.class, () -> open(pool));
    session.close();
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
