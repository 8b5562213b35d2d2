package dev.rlmbeam.sandbox.repl;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.fixtures.Leftovers;
import dev.rlmbeam.sandbox.fixtures.ScriptedAgent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A connection to an agent that does as it is told. */
@Timeout(60)
abstract class PollerTestBase {
  static final Duration TIMEOUT = Duration.ofSeconds(10);
  final TunnelHttp http = new TunnelHttp(TunnelOptions.defaults());
  final CountDownLatch lost = new CountDownLatch(1);
  ScriptedAgent agent;
  SandboxConnection connection;

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

  ReplSession session(ModelQueryHandler handler) throws InterruptedException {
    return connection.openSession(List.of(), handler, TIMEOUT, clean -> {});
  }

  static CompletableFuture<Throwable> execute(ReplSession session) {
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    Thread thread = new Thread(() -> outcome.complete(failure(session)));
    thread.setDaemon(true);
    thread.start();
    return outcome;
  }

  static Throwable failure(ReplSession session) {
    try {
      session.execute("pass", Duration.ofSeconds(60));
      return new AssertionError("the block has ended");
    } catch (InterruptedException | RuntimeException e) {
      return e;
    }
  }
}
