package dev.rlmbeam.sandbox.repl;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxLostException;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.SandboxToken;
import dev.rlmbeam.sandbox.fixtures.CountingModel;
import dev.rlmbeam.sandbox.fixtures.Leftovers;
import dev.rlmbeam.sandbox.fixtures.ProxiedSandbox;
import dev.rlmbeam.sandbox.fixtures.ScriptedAgent;
import dev.rlmbeam.sandbox.fixtures.TextContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** What the poller makes of events that no well-behaved agent sends. */
@Timeout(60)
final class TunnelPollerTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private final TunnelHttp http = new TunnelHttp(TunnelOptions.defaults());
  private final CountDownLatch lost = new CountDownLatch(1);
  private ScriptedAgent agent;
  private SandboxConnection connection;

  @BeforeEach
  void open() throws Exception {
    agent = new ScriptedAgent("sb-scripted");
    connection = SandboxConnection.open(agent, SandboxSpec.defaults(), http, lost::countDown);
  }

  @AfterEach
  void close() {
    connection.close();
    http.close();
    agent.close();
    assertThat(Leftovers.threads()).isEmpty();
  }

  private ReplSession session(ModelQueryHandler handler) throws InterruptedException {
    return connection.openSession(List.of(), handler, TIMEOUT, clean -> {});
  }

  private static String query(int seq, String id, String session) {
    return String.format(
        "{\"seq\": %d, \"type\": \"query\", \"session\": \"%s\", \"id\": \"%s\", \"execution\":"
            + " \"x\", \"request\": {\"type\": \"single\", \"prompt\": \"hello\", \"model\": null,"
            + " \"depth\": 1}}",
        seq, session, id);
  }

  private static String executed(int seq, String session, String execution) {
    return String.format(
        "{\"seq\": %d, \"type\": \"executed\", \"session\": \"%s\", \"id\": \"%s\", \"result\":"
            + " {\"outcome\": \"ok\", \"stdout\": \"done\", \"stderr\": \"\", \"stdoutChars\": 4,"
            + " \"stderrChars\": 0, \"seconds\": 0.5}}",
        seq, session, execution);
  }

  @Test
  void answersARepeatedEventOnce() throws Exception {
    try (CountingModel model = new CountingModel();
        ReplSession session = session(model)) {
      agent.emit(query(1, "q1", session.id()));
      agent.emit(query(1, "q1", session.id()));
      agent.endStream();
      agent.emit(query(1, "q1", session.id()));
      agent.emit(query(2, "q2", session.id()));

      assertThat(Leftovers.within(TIMEOUT, () -> String.join("", agent.answers()).contains("q2")))
          .isTrue();
      assertThat(model.calls()).isEqualTo(2);
      assertThat(String.join("", agent.answers()).split("q1", -1)).hasLength(2);
    }
  }

  @Test
  void answersAQueryOfAnUnknownSessionWithAnError() throws Exception {
    agent.emit(query(1, "q9", "nobody"));

    assertThat(Leftovers.within(TIMEOUT, () -> !agent.answers().isEmpty())).isTrue();
    assertThat(agent.answers().get(0)).contains("\"id\":\"q9\"");
    assertThat(agent.answers().get(0)).contains("{\"error\":\"the session is closed\"}");
  }

  @Test
  void aHandlerThatThrowsHoldsUpNobody() throws Exception {
    ModelQueryHandler broken =
        query -> {
          throw new IllegalStateException("out of order");
        };
    try (CountingModel model = new CountingModel();
        ReplSession first = session(broken);
        ReplSession second = session(model)) {
      agent.emit(query(1, "q1", first.id()));
      agent.emit(query(2, "q2", second.id()));

      assertThat(Leftovers.within(TIMEOUT, () -> String.join("", agent.answers()).contains("q2")))
          .isTrue();
      assertThat(String.join("", agent.answers())).contains("{\"error\":\"out of order\"}");
    }
  }

  @Test
  void cancelsWhatNobodyWaitsForAnyMore() throws Exception {
    CompletableFuture<ModelAnswer> withdrawn = new CompletableFuture<>();
    CompletableFuture<ModelAnswer> closed = new CompletableFuture<>();
    ReplSession session = session(query -> query.id().equals("q1") ? withdrawn : closed);
    agent.emit(query(1, "q1", session.id()));
    agent.emit(query(2, "q2", session.id()));

    agent.emit(
        "{\"seq\": 3, \"type\": \"withdrawn\", \"session\": \""
            + session.id()
            + "\", \"ids\": [\"q1\"]}");

    assertThat(Leftovers.within(TIMEOUT, withdrawn::isCancelled)).isTrue();
    assertThat(closed.isDone()).isFalse();
    session.close();
    assertThat(closed.isCancelled()).isTrue();
  }

  @Test
  void passesOverEventsOfANewerAgent() throws Exception {
    try (CountingModel model = new CountingModel();
        ReplSession session = session(model)) {
      agent.emit("{\"seq\": 1, \"type\": \"fireworks\", \"colour\": \"red\"}");
      // Its end is told before it was begun; nothing is lost, as nobody asks for the order.
      agent.emit(executed(2, session.id(), session.id() + "-1"));
      agent.emit(query(3, "q3", session.id()));

      assertThat(Leftovers.within(TIMEOUT, () -> model.calls() == 1)).isTrue();
      assertThat(connection.isLost()).isFalse();
    }
  }

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
  void aResultThatCannotBeReadFailsItsBlockAlone() throws Exception {
    CompletableFuture<Throwable> outcome;
    try (CountingModel model = new CountingModel();
        ReplSession first = session(query -> new CompletableFuture<>());
        ReplSession second = session(model)) {
      outcome = execute(first);
      assertThat(Leftovers.within(TIMEOUT, () -> agent.calls().toString().contains("/execute")))
          .isTrue();

      agent.emit(executed(1, first.id(), first.id() + "-1").replace("\"ok\"", "\"splendid\""));
      agent.emit(query(2, "q2", second.id()));

      Throwable e = outcome.get(10, TimeUnit.SECONDS);
      assertThat(e).isInstanceOf(SandboxException.class);
      assertThat(e).isNotInstanceOf(SandboxLostException.class);
      assertThat(e).hasMessageThat().contains("-1 cannot be read: ");
      assertThat(e).hasMessageThat().contains("unknown outcome: splendid");
      assertThat(Leftovers.within(TIMEOUT, () -> model.calls() == 1)).isTrue();
      assertThat(connection.isLost()).isFalse();
    }
  }

  @Test
  void aQueryThatCannotBeReadIsAnsweredWithAnError() throws Exception {
    try (CountingModel model = new CountingModel();
        ReplSession session = session(model)) {
      agent.emit(query(1, "q1", session.id()).replace("\"depth\": 1", "\"depth\": {]"));
      agent.emit(query(2, "q2", session.id()));
      agent.endStream();
      agent.emit(query(1, "q1", session.id()).replace("\"depth\": 1", "\"depth\": {]"));
      agent.emit(query(3, "q3", session.id()));

      assertThat(Leftovers.within(TIMEOUT, () -> String.join("", agent.answers()).contains("q3")))
          .isTrue();
      String answers = String.join("", agent.answers());
      assertThat(answers).contains("\"id\":\"q1\"");
      assertThat(answers).contains("{\"error\":\"the host cannot read this query: ");
      assertThat(answers.split("q1", -1)).hasLength(2);
      assertThat(model.calls()).isEqualTo(2);
    }
  }

  @Test
  void aLineOfNobodyIsPassedOver() throws Exception {
    try (CountingModel model = new CountingModel();
        ReplSession session = session(model)) {
      agent.emit("{\"seq\": nonsense}");
      agent.emit("<html>");
      agent.emit(query(1, "q1", session.id()));

      assertThat(Leftovers.within(TIMEOUT, () -> model.calls() == 1)).isTrue();
      assertThat(connection.isLost()).isFalse();
    }
  }

  @Test
  void aNumberOfManyDigitsIsNoTrouble() throws Exception {
    try (CountingModel model = new CountingModel();
        ReplSession session = session(model)) {
      String digits = "\"depth\": " + "7".repeat(5_000);
      agent.emit(query(1, "q1", session.id()).replace("\"depth\": 1", digits));

      assertThat(Leftovers.within(TIMEOUT, () -> model.calls() == 1)).isTrue();
    }
  }

  @Test
  void aHandlerThatFailsForGoodIsNamedInTheLoss() throws Exception {
    ReplSession session =
        session(
            query -> {
              throw new StackOverflowError("too deep");
            });
    agent.emit(query(1, "q1", session.id()));

    assertThat(lost.await(10, TimeUnit.SECONDS)).isTrue();
    SandboxLostException e =
        assertThrows(SandboxLostException.class, () -> session(q -> new CompletableFuture<>()));
    assertThat(e).hasMessageThat().contains("java.lang.StackOverflowError: too deep");
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

  private static CompletableFuture<Throwable> execute(ReplSession session) {
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    Thread thread = new Thread(() -> outcome.complete(failure(session)));
    thread.setDaemon(true);
    thread.start();
    return outcome;
  }

  private static Throwable failure(ReplSession session) {
    try {
      session.execute("pass", Duration.ofSeconds(60));
      return new AssertionError("the block has ended");
    } catch (InterruptedException | RuntimeException e) {
      return e;
    }
  }
}
