package dev.rlmbeam.sandbox.pool;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.fixtures.Leftovers;
import dev.rlmbeam.sandbox.fixtures.ScriptedAgents;
import dev.rlmbeam.sandbox.repl.ReplSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits for a session, and what those who wait are told. */
@Timeout(60)
final class SessionPoolWaitersTest extends PoolTestBase {
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
}
