package dev.rlmbeam.sandbox.local;

import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxToken;
import dev.rlmbeam.sandbox.repl.AgentControl;
import dev.rlmbeam.sandbox.repl.TunnelHttp;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process of this machine with an agent in it. Thread-safe. */
final class LocalSandbox implements Sandbox {
  private static final Logger log = LoggerFactory.getLogger(LocalSandbox.class);

  private final String id;
  private final URI tunnel;
  private final SandboxToken token;
  private final Process process;
  private final LocalProcess contained;
  private final TunnelForwarder.@Nullable Tunnel forwarded;
  private final AgentControl agent;
  private final Consumer<LocalSandbox> onClosed;
  private final Ending ending = new Ending();
  private volatile boolean sessionsApart;

  LocalSandbox(
      String id,
      URI tunnel,
      SandboxToken token,
      Process process,
      LocalProcess contained,
      TunnelHttp http,
      TunnelForwarder.@Nullable Tunnel forwarded,
      Consumer<LocalSandbox> onClosed) {
    this.id = id;
    this.tunnel = tunnel;
    this.token = token;
    this.process = process;
    this.contained = contained;
    this.forwarded = forwarded;
    this.onClosed = onClosed;
    agent = new AgentControl(this, http);
  }

  /** Waits until the agent answers through the tunnel. */
  void awaitHealth(Duration timeout) throws InterruptedException {
    onExit(() -> agent.giveUp("its process has ended"));
    sessionsApart = agent.awaitHealth(timeout).uids() && contained.setup().uids();
  }

  @Override
  public void onEnd(Runnable action) {
    onExit(action);
  }

  /** Runs the action when the process has ended, from any thread. */
  void onExit(Runnable action) {
    CompletableFuture<?> unused = process.onExit().thenRun(action);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public URI tunnel() {
    return tunnel;
  }

  @Override
  public SandboxToken token() {
    return token;
  }

  @Override
  public boolean sessionsApart() {
    return sessionsApart;
  }

  @Override
  public boolean isAlive() {
    return process.isAlive() && !ending.begun();
  }

  @Override
  public String diagnostics() {
    return contained.describe();
  }

  /** Ends it at once, without a word to the agent. Does not block. */
  void kill() {
    contained.kill();
  }

  @Override
  public void close() {
    ending.run(
        () -> {
          contained.end();
          if (forwarded != null) {
            forwarded.close();
          }
          contained.deleteFolder();
          log.info("sandbox={} closed", id);
        },
        () -> onClosed.accept(this));
  }
}
