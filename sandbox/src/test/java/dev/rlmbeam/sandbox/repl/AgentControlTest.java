package dev.rlmbeam.sandbox.repl;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxLostException;
import dev.rlmbeam.sandbox.fixtures.Leftovers;
import dev.rlmbeam.sandbox.fixtures.ScriptedAgent;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An agent that is asked for its health and says nothing. */
@Timeout(60)
final class AgentControlTest {
  private final TunnelHttp http = new TunnelHttp(TunnelOptions.defaults());
  private ScriptedAgent agent;
  private AgentControl control;

  @BeforeEach
  void open() throws Exception {
    agent = new ScriptedAgent("sb");
    agent.fallSilentOn("/health");
    control = new AgentControl(agent, http);
  }

  @AfterEach
  void close() {
    http.close();
    agent.close();
  }

  private CompletableFuture<Throwable> awaitHealth(Duration timeout) {
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () ->
                outcome.complete(
                    assertThrows(Exception.class, () -> control.awaitHealth(timeout))));
    thread.setDaemon(true);
    thread.start();
    return outcome;
  }

  @Test
  void isNotWaitedForBeyondTheDeadline() throws Exception {
    Throwable e = awaitHealth(Duration.ofMillis(300)).get(10, TimeUnit.SECONDS);

    assertThat(e).isInstanceOf(SandboxException.class);
    assertThat(e).hasMessageThat().contains("could not ask for the agent's health");
  }

  @Test
  void isNotWaitedForOnceItsProcessHasEnded() throws Exception {
    CompletableFuture<Throwable> outcome = awaitHealth(Duration.ofMinutes(1));
    assertThat(Leftovers.within(Duration.ofSeconds(10), () -> !agent.calls().isEmpty())).isTrue();

    control.giveUp("its process has ended");

    Throwable e = outcome.get(10, TimeUnit.SECONDS);
    assertThat(e).isInstanceOf(SandboxLostException.class);
    assertThat(e).hasMessageThat().contains("its process has ended");
  }
}
