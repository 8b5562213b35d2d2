package dev.rlmbeam.sandbox.repl;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxException;
import java.time.Duration;

/** What those who open sandboxes need of an agent: its health. Thread-safe. */
public final class AgentControl {
  /**
   * What the agent says of itself. Immutable.
   *
   * @param python version of its interpreter
   * @param uids whether sessions have uids of their own
   */
  public record Health(String python, boolean uids) {}

  private final Sandbox sandbox;
  private final Loss loss;
  private final AgentClient client;

  public AgentControl(Sandbox sandbox, TunnelHttp http) {
    this.sandbox = sandbox;
    loss = new Loss(sandbox);
    client = new AgentClient(sandbox, http, loss);
  }

  /**
   * Asks until the agent answers.
   *
   * @throws SandboxException when it refuses, or does not answer in time
   */
  public Health awaitHealth(Duration timeout) throws InterruptedException {
    try {
      JsonNode health = client.fetchHealth(Deadline.in(timeout));
      return new Health(health.path("python").asText(""), health.path("uids").asBoolean(false));
    } catch (AgentException e) {
      throw new SandboxException(
          sandbox.id(), true, "sandbox " + sandbox.id() + " is not healthy: " + e.getMessage(), e);
    }
  }

  /** Gives up asking: whoever waits for the agent's health hears that the sandbox is lost. */
  public void giveUp(String reason) {
    loss.declare(reason, null);
  }
}
