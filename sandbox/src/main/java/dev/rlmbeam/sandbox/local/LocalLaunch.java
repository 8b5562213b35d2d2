package dev.rlmbeam.sandbox.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.sandbox.AgentProgram;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.SandboxToken;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The start of one sandbox's agent, up to the line that says it is ready. One thread at a time. */
final class LocalLaunch {
  static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final String SOCKET = "agent.sock";

  private final String id;
  private final LocalProcess process;
  private final SandboxSpec spec;
  private final SandboxToken token;

  LocalLaunch(String id, LocalSetup setup, Path folder, SandboxSpec spec, SandboxToken token) {
    this.id = id;
    process = new LocalProcess(id, setup, folder);
    this.spec = spec;
    this.token = token;
  }

  /** Makes the folder and starts the process; on the thread that bubblewrap's life hangs on. */
  Process start(AgentProgram program) throws IOException {
    LocalSetup setup = process.setup();
    process.makeFolder(List.of(SOCKET));
    String listen = setup.walled() ? "unix:" + process.inside(SOCKET) : "tcp:127.0.0.1:0";
    String workDir = setup.walled() ? Bubblewrap.WORK_DIR : process.inside("w");
    String config =
        AgentProgram.config(spec, token, listen, workDir, process.inside("contexts"), true);
    return process.start(
        new LocalProcess.Command(
            program.command(setup.python().executable().toString()),
            environment(config),
            spec.diskMib(),
            List.of(),
            SandboxOutput.Kind.AGENT));
  }

  /** Gives up a start of which nobody knows how far it has come; it undoes itself. */
  void abandon() {
    process.abandon();
  }

  private Map<String, String> environment(String config) {
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", PATH);
    environment.put("LANG", "C.UTF-8");
    environment.putAll(spec.environment());
    environment.put("RLM_AGENT_CONFIG", config);
    return environment;
  }

  LocalProcess process() {
    return process;
  }

  /** The agent's socket as the host sees it. */
  Path socket() {
    return process.outside(SOCKET);
  }

  /** The same where the sandbox cannot reach it, once the forwarder has put it there. */
  Path pin() {
    return process.folder().resolve(SOCKET);
  }

  /**
   * Waits for the line that says the agent listens.
   *
   * @throws SandboxSetupException when the agent says that it cannot work here
   * @throws SandboxException when it ends or stays silent
   */
  JsonNode awaitReady(Duration timeout) throws InterruptedException {
    try {
      String line = process.output().readyLine().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      JsonNode ready = new ObjectMapper().readTree(line);
      if (!ready.path("ready").asBoolean(false)) {
        throw new SandboxSetupException(
            "the agent cannot work here: " + ready.path("error").asText("(no reason)"));
      }
      return ready;
    } catch (TimeoutException e) {
      throw new SandboxException(
          id,
          true,
          String.format("sandbox %s is not ready after %s: %s", id, timeout, process.describe()),
          e);
    } catch (ExecutionException | JsonProcessingException e) {
      throw new SandboxException(
          id, true, String.format("sandbox %s did not start: %s", id, process.describe()), e);
    }
  }

  /** Removes what a start that failed has left. */
  void undo() throws InterruptedException {
    process.undo();
  }
}
