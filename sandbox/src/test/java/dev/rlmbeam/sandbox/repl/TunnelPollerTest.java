package dev.rlmbeam.sandbox.repl;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxLostException;
import dev.rlmbeam.sandbox.fixtures.CountingModel;
import dev.rlmbeam.sandbox.fixtures.Leftovers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the poller makes of the events that an agent sends. */
@Timeout(60)
final class TunnelPollerTest extends PollerTestBase {
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
}
