package dev.rlmbeam.sandbox.pool;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.fixtures.Leftovers;
import dev.rlmbeam.sandbox.repl.ReplSession;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a sandbox is kept, and what becomes of one that is lost. */
@Timeout(60)
final class SessionPoolLifeTest extends PoolTestBase {
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
}
