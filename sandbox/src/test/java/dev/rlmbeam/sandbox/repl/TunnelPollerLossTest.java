package dev.rlmbeam.sandbox.repl;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxLostException;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.SandboxToken;
import dev.rlmbeam.sandbox.fixtures.Leftovers;
import dev.rlmbeam.sandbox.fixtures.ProxiedSandbox;
import dev.rlmbeam.sandbox.fixtures.TextContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** When a sandbox is lost, and what becomes of those who wait for it. */
@Timeout(60)
final class TunnelPollerLossTest extends PollerTestBase {
  @Test
  void anAgentThatWasStartedAnewIsALostSandbox() throws Exception {
    ReplSession session = session(query -> new CompletableFuture<>());
    CompletableFuture<Throwable> outcome = execute(session);
    assertThat(
            Leftovers.within(
                TIMEOUT,
                () -> agent.calls().toString().contains("/execute") && agent.streams() == 1))
        .isTrue();

    agent.restart();

    Throwable e = outcome.get(10, TimeUnit.SECONDS);
    assertThat(e).isInstanceOf(SandboxLostException.class);
    assertThat(e).hasMessageThat().contains("sandbox sb-scripted is lost");
    assertThat(e).hasMessageThat().contains("started anew");
    assertThat(lost.await(1, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void anEmptyAnswerIsNoContact() throws Exception {
    agent.answerPollsWithNothing();
    CountDownLatch given = new CountDownLatch(1);
    SandboxSpec spec = SandboxSpec.defaults().withLease(Duration.ofSeconds(3));

    try (SandboxConnection other = SandboxConnection.open(agent, spec, http, given::countDown)) {
      assertThat(given.await(20, TimeUnit.SECONDS)).isTrue();
      SandboxLostException e =
          assertThrows(
              SandboxLostException.class,
              () -> other.openSession(List.of(), q -> new CompletableFuture<>(), TIMEOUT, c -> {}));
      assertThat(e).hasMessageThat().contains("it could not be reached for");
    }
    // With pauses between them, and not as fast as it goes; streams are given up after a few.
    assertThat(agent.streams() + agent.polls()).isLessThan(100);
    assertThat(agent.polls()).isAtLeast(1);
  }

  private TunnelPoller poller(Duration firstEventTimeout, Duration silence) {
    TunnelOptions defaults = TunnelOptions.defaults();
    TunnelOptions options =
        new TunnelOptions(
            defaults.connectTimeout(),
            defaults.callTimeout(),
            firstEventTimeout,
            defaults.pollInterval(),
            defaults.resultMargin(),
            Duration.ofSeconds(15));
    Loss loss = new Loss(agent);
    AgentClient client = new AgentClient(agent, http, loss, silence);
    return new TunnelPoller(agent, client, loss, event -> {}, options, Duration.ofMinutes(1));
  }

  @Test
  void aStreamThatFallsSilentIsReplacedByPolling() throws Exception {
    // The scripted agent does not beat.
    try (TunnelPoller poller = poller(Duration.ofSeconds(5), Duration.ofMillis(200))) {
      poller.start();

      assertThat(Leftovers.within(TIMEOUT, () -> agent.polls() >= 2)).isTrue();
    }
  }

  @Test
  void aStreamThatHasBegunMayBeSilentForLongerThanBeforeItsFirstLine() throws Exception {
    assertThat(Leftovers.within(TIMEOUT, () -> agent.streams() == 1)).isTrue();
    try (TunnelPoller poller = poller(Duration.ofSeconds(2), Duration.ofSeconds(20))) {
      poller.start();
      assertThat(Leftovers.within(TIMEOUT, () -> agent.streams() == 2)).isTrue();

      assertThat(
              Leftovers.within(
                  Duration.ofSeconds(3), () -> agent.streams() > 2 || agent.polls() > 0))
          .isFalse();
    }
  }

  @Test
  void aDeadSandboxIsLostAtOnceWithItsLastWords() throws Exception {
    ReplSession session = session(query -> new CompletableFuture<>());
    CompletableFuture<Throwable> outcome = execute(session);
    assertThat(Leftovers.within(TIMEOUT, () -> agent.calls().toString().contains("/execute")))
        .isTrue();

    agent.die(); // its lease alone would take 60 s

    Throwable e = outcome.get(10, TimeUnit.SECONDS);
    assertThat(e).isInstanceOf(SandboxLostException.class);
    assertThat(e).hasMessageThat().contains("its last words: (exit code 137) Killed");
  }

  @Test
  void anInterruptDoesNotWaitForAnAgentThatSaysNothing() throws Exception {
    ReplSession session = session(query -> new CompletableFuture<>());
    agent.fallSilentOn("/interrupt");
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    Thread thread = new Thread(() -> outcome.complete(failure(session)));
    thread.start();
    assertThat(Leftovers.within(TIMEOUT, () -> agent.calls().toString().contains("/execute")))
        .isTrue();

    thread.interrupt();

    // A call that is waited for to its end takes 15 s.
    assertThat(outcome.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    assertThat(agent.calls().toString()).contains("/interrupt");
  }

  @Test
  void anInterruptEndsAnyCallThatTheAgentDoesNotAnswer() throws Exception {
    ReplSession session = session(query -> new CompletableFuture<>());
    // Each would take longer by itself than is waited for here.
    interruptsWhileSilentOn("/execute", () -> session.execute("1", Duration.ofMinutes(1)));
    Duration aMinute = Duration.ofMinutes(1);
    interruptsWhileSilentOn(
        "/contexts", () -> connection.upload(TextContext.of("x").withoutHash(), aMinute));
    interruptsWhileSilentOn(
        "/sessions",
        () -> connection.openSession(List.of(), q -> new CompletableFuture<>(), aMinute, c -> {}));
  }

  private void interruptsWhileSilentOn(String path, Executable call) throws Exception {
    agent.fallSilentOn(path);
    long before = calls(path);
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    Thread thread = new Thread(() -> outcome.complete(thrown(call)));
    thread.setDaemon(true);
    thread.start();
    assertThat(Leftovers.within(TIMEOUT, () -> calls(path) > before)).isTrue();

    thread.interrupt();

    assertThat(outcome.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
  }

  private long calls(String path) {
    return agent.calls().stream().filter(call -> call.endsWith(path)).count();
  }

  private static Throwable thrown(Executable call) {
    try {
      call.execute();
      return new AssertionError("it was answered");
    } catch (Throwable e) {
      return e;
    }
  }

  @Test
  void theLossOfTheSandboxEndsCallsUnderWay() throws Exception {
    agent.fallSilentOn("/sessions");
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    Executable opening =
        () ->
            connection.openSession(
                List.of(), q -> new CompletableFuture<>(), Duration.ofMinutes(1), c -> {});
    Thread thread = new Thread(() -> outcome.complete(thrown(opening)));
    thread.setDaemon(true);
    thread.start();
    assertThat(Leftovers.within(TIMEOUT, () -> calls("/sessions") == 1 && agent.streams() == 1))
        .isTrue();

    agent.restart();

    assertThat(outcome.get(10, TimeUnit.SECONDS)).isInstanceOf(SandboxLostException.class);
  }

  @Test
  void anAnswerWithoutEndIsRefused() throws Exception {
    agent.answerAtLength(17 * 1024 * 1024);

    SandboxException e =
        assertThrows(SandboxException.class, () -> session(q -> new CompletableFuture<>()));

    assertThat(e).hasMessageThat().contains("too-long: more than the 16777216 bytes");
  }

  @Test
  void aWrongTokenIsALostSandbox() throws Exception {
    CountDownLatch refused = new CountDownLatch(1);
    ProxiedSandbox strange =
        new ProxiedSandbox(agent, agent.tunnel(), SandboxToken.random(), () -> {});

    try (SandboxConnection other =
        SandboxConnection.open(strange, SandboxSpec.defaults(), http, refused::countDown)) {
      assertThat(refused.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(other.isLost()).isTrue();
    }
  }
}
