package dev.rlmbeam.sandbox.local;

import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxToken;
import dev.rlmbeam.sandbox.repl.AgentControl;
import dev.rlmbeam.sandbox.repl.TunnelHttp;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process of this machine with an agent in it. Thread-safe. */
final class LocalSandbox implements Sandbox {
  private static final Logger log = LoggerFactory.getLogger(LocalSandbox.class);
  private static final Duration SHUTDOWN = Duration.ofSeconds(3);
  private static final Duration DEATH = Duration.ofSeconds(3);

  /** Longer than any close takes. */
  private static final Duration CLOSE = Duration.ofSeconds(10);

  private final String id;
  private final URI tunnel;
  private final SandboxToken token;
  private final Process process;
  private final LocalLaunch launch;
  private final LocalSetup setup;
  private final TunnelForwarder.@Nullable Tunnel forwarded;
  private final AgentControl agent;
  private final Consumer<LocalSandbox> onClosed;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean sessionsApart;

  LocalSandbox(
      String id,
      URI tunnel,
      SandboxToken token,
      Process process,
      LocalLaunch launch,
      LocalSetup setup,
      TunnelHttp http,
      TunnelForwarder.@Nullable Tunnel forwarded,
      Consumer<LocalSandbox> onClosed) {
    this.id = id;
    this.tunnel = tunnel;
    this.token = token;
    this.process = process;
    this.launch = launch;
    this.setup = setup;
    this.forwarded = forwarded;
    this.onClosed = onClosed;
    agent = new AgentControl(this, http);
  }

  /** Waits until the agent answers through the tunnel. */
  void awaitHealth(Duration timeout) throws InterruptedException {
    onExit(() -> agent.giveUp("its process has ended"));
    sessionsApart = agent.awaitHealth(timeout).uids() && setup.uids();
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
    return process.isAlive() && !closed.get();
  }

  @Override
  public String diagnostics() {
    return describe(process, launch.output());
  }

  static String describe(Process process, SandboxOutput output) {
    String ended = process.isAlive() ? "" : "(exit code " + process.exitValue() + ") ";
    return (ended + output.tail()).strip();
  }

  /** Ends it at once, without a word to the agent. Does not block. */
  void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      awaitEnd(); // somebody else ends it; what this caller does next counts on its end
      return;
    }
    // An interrupted thread could not wait for the process, and would leave it behind.
    boolean interrupted = Thread.interrupted();
    try {
      end(process, launch.output(), setup.walled());
      if (forwarded != null) {
        forwarded.close();
      }
      launch.deleteFolder();
      log.info("sandbox={} closed", id);
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      onClosed.accept(this);
      ended.countDown();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void awaitEnd() {
    boolean interrupted = Thread.interrupted();
    try {
      boolean unused = ended.await(CLOSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Behind walls the first process takes all others with it; else they are ended one by one. */
  static void end(Process process, SandboxOutput output, boolean walled)
      throws InterruptedException {
    if (!walled) {
      List<ProcessHandle> others = process.descendants().toList();
      process.destroy(); // the agent ends its sessions first
      if (!process.waitFor(SHUTDOWN.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("process {} does not end by itself; killing it", process.pid());
      }
      others.forEach(ProcessHandle::destroyForcibly);
    }
    process.destroyForcibly();
    process.waitFor(DEATH.toMillis(), TimeUnit.MILLISECONDS);
    // The end of its output is the end of all processes behind the walls.
    output.awaitEnd(DEATH.toMillis());
  }
}
