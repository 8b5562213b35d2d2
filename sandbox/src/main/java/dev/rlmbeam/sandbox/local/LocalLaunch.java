package dev.rlmbeam.sandbox.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.rlmbeam.sandbox.AgentProgram;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.SandboxToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The start of one sandbox's process, up to the line that says it is ready. One thread at a time.
 */
final class LocalLaunch {
  static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /** The kernel takes no longer path for a Unix socket. */
  private static final int MAX_SOCKET_PATH = 107;

  private final String id;
  private final LocalSetup setup;
  private final Path folder;
  private final Path shared;
  private final SandboxSpec spec;
  private final SandboxToken token;

  @GuardedBy("this")
  private @Nullable Process process;

  @GuardedBy("this")
  private @Nullable SandboxOutput output;

  @GuardedBy("this")
  private boolean abandoned;

  LocalLaunch(String id, LocalSetup setup, Path folder, SandboxSpec spec, SandboxToken token) {
    this.id = id;
    this.setup = setup;
    this.folder = folder;
    shared = folder.resolve("run");
    this.spec = spec;
    this.token = token;
  }

  /** Makes the folder and starts the process; on the thread that bubblewrap's life hangs on. */
  Process start(AgentProgram program) throws IOException {
    Files.createDirectory(folder, permissions("rwx--x--x"));
    List<String> command = new ArrayList<>();
    String listen = "tcp:127.0.0.1:0";
    String workDir = folder.resolve("w").toString();
    String contextsDir = folder.resolve("contexts").toString();
    if (setup.walled()) {
      if (socket().toString().length() > MAX_SOCKET_PATH) {
        throw new SandboxSetupException(
            "the work folder's path is too long for a Unix socket: " + socket());
      }
      Files.createDirectory(shared, permissions("rwx------"));
      command.addAll(
          new Bubblewrap(setup.python(), setup.bounded()).prefix(shared, spec.diskMib()));
      listen = "unix:" + Bubblewrap.SHARED + "/agent.sock";
      workDir = Bubblewrap.WORK_DIR;
      contextsDir = Bubblewrap.SHARED + "/contexts";
    }
    String config = AgentProgram.config(spec, token, listen, workDir, contextsDir, true);
    command.addAll(program.command(setup.python().executable().toString()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment(config));
    // Its stdin is a pipe that this process holds and never writes to: its end, however this
    // process comes to its own, tells the agent to go.
    Process started = builder.start();
    if (!take(started)) {
      started.destroyForcibly();
      deleteFolder();
      throw new IOException("its start was given up meanwhile");
    }
    return started;
  }

  private synchronized boolean take(Process started) {
    if (abandoned) {
      return false;
    }
    process = started;
    output = new SandboxOutput(id, started.getInputStream());
    return true;
  }

  /** Gives up a start of which nobody knows how far it has come; it undoes itself. */
  synchronized void abandon() {
    abandoned = true;
  }

  private Map<String, String> environment(String config) {
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", PATH);
    environment.put("LANG", "C.UTF-8");
    environment.putAll(spec.environment());
    environment.put("RLM_AGENT_CONFIG", config);
    return environment;
  }

  /** The agent's socket as the host sees it. */
  Path socket() {
    return shared.resolve("agent.sock");
  }

  /** The same where the sandbox cannot reach it, once the forwarder has put it there. */
  Path pin() {
    return folder.resolve("agent.sock");
  }

  synchronized SandboxOutput output() {
    if (output == null) {
      throw new IllegalStateException("call start() first");
    }
    return output;
  }

  /**
   * Waits for the line that says the agent listens.
   *
   * @throws SandboxSetupException when the agent says that it cannot work here
   * @throws SandboxException when it ends or stays silent
   */
  JsonNode awaitReady(Duration timeout) throws InterruptedException {
    try {
      String line = output().readyLine().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
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
          String.format("sandbox %s is not ready after %s: %s", id, timeout, lastWords()),
          e);
    } catch (ExecutionException | JsonProcessingException e) {
      throw new SandboxException(
          id, true, String.format("sandbox %s did not start: %s", id, lastWords()), e);
    }
  }

  private synchronized String lastWords() {
    return process == null ? "" : LocalSandbox.describe(process, output());
  }

  /** Removes what a start that failed has left. */
  void undo() throws InterruptedException {
    Process started;
    synchronized (this) {
      started = process;
    }
    if (started != null) {
      LocalSandbox.end(started, output(), setup.walled());
    }
    deleteFolder();
  }

  void deleteFolder() {
    boolean unused = Folders.delete(folder);
  }

  private static java.nio.file.attribute.FileAttribute<?> permissions(String text) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text));
  }
}
