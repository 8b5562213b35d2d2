package dev.rlmbeam.sandbox.local;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.sandbox.AgentProgram;
import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.SandboxToken;
import dev.rlmbeam.sandbox.Sandboxes;
import dev.rlmbeam.sandbox.repl.TunnelHttp;
import dev.rlmbeam.sandbox.repl.TunnelOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sandboxes as processes of this machine: in bubblewrap, or plain where that is allowed.
 * Thread-safe. Who creates it closes it.
 */
public final class LocalSandboxes implements Sandboxes {
  private static final Logger log = LoggerFactory.getLogger(LocalSandboxes.class);
  private static final AtomicLong NUMBER = new AtomicLong();

  private final LocalOptions options;
  private final LocalHost host;
  private final LocalSetup setup;
  private final AgentProgram program = AgentProgram.load();
  private final TunnelHttp http = new TunnelHttp(TunnelOptions.defaults());
  private final Set<LocalSandbox> open = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean closed = new AtomicBoolean();

  private LocalSandboxes(LocalOptions options, LocalHost host) {
    this.options = options;
    this.host = host;
    setup = host.setup();
  }

  /**
   * Finds out what this machine has, by trying it, and gets ready; takes a few tenths of a second,
   * less within a minute after the last time.
   *
   * @throws SandboxSetupException when there is no fit Python, or bubblewrap does not work and a
   *     plain process was not allowed; the message says the cure
   */
  public static LocalSandboxes create(LocalOptions options) throws InterruptedException {
    return new LocalSandboxes(options, LocalHost.create(options));
  }

  /**
   * Finds out what this machine has, on a thread of its own, so that {@link #create} with the same
   * options need not wait for it within the next minute. What is wrong shows there, not here.
   */
  public static void lookAhead(LocalOptions options) {
    Thread thread =
        new Thread(
            () -> {
              try {
                LocalHost.lookAhead(options);
              } catch (InterruptedException | RuntimeException e) {
                log.debug("create() will meet this again", e);
              }
            },
            "sandbox-look-ahead");
    thread.setDaemon(true);
    thread.start();
  }

  /** What stands between the code and this machine: {@code bubblewrap} or {@code none}. */
  public String isolationName() {
    return host.isolationName();
  }

  /** The interpreter that sandboxes run. */
  public Path python() {
    return setup.python().executable();
  }

  /** Why there is no bubblewrap though it was not declined, and the cure; else empty. */
  public Optional<String> isolationTrouble() {
    return setup.trouble();
  }

  @Override
  public boolean sessionsApart() {
    return setup.uids();
  }

  @Override
  public String describe() {
    return setup.describe();
  }

  @Override
  public Sandbox open(SandboxSpec spec) throws InterruptedException {
    long startNanos = System.nanoTime();
    String id = "sb-" + NUMBER.incrementAndGet();
    SandboxToken token = SandboxToken.random();
    LocalLaunch launch = new LocalLaunch(id, setup, host.folder(id), spec, token);
    LocalSandbox sandbox = null;
    boolean ready = false;
    try {
      Process process = host.start(() -> launch.start(program), launch::abandon);
      JsonNode line = launch.awaitReady(options.startTimeout());
      sandbox = reach(id, token, process, launch, line);
      if (closed.get()) {
        throw new IllegalStateException("local sandboxes were closed meanwhile");
      }
      sandbox.awaitHealth(options.startTimeout());
      limitLife(sandbox, spec.timeout());
      ready = true;
      log.info(
          "sandbox={} opened in {} ms, isolation={}",
          id,
          (System.nanoTime() - startNanos) / 1_000_000,
          isolationName());
      return sandbox;
    } catch (IOException e) {
      throw new SandboxException("", true, "sandbox " + id + " could not be started: " + e, e);
    } finally {
      if (!ready) {
        giveUp(launch, sandbox);
      }
    }
  }

  private LocalSandbox reach(
      String id, SandboxToken token, Process process, LocalLaunch launch, JsonNode readyLine)
      throws IOException {
    TunnelForwarder.Tunnel tunnel = host.forward(launch.socket(), launch.pin()).orElse(null);
    int port = tunnel == null ? readyLine.path("port").asInt() : tunnel.port();
    URI uri = URI.create("http://127.0.0.1:" + port);
    LocalSandbox sandbox =
        new LocalSandbox(id, uri, token, process, launch.process(), http, tunnel, open::remove);
    open.add(sandbox);
    return sandbox;
  }

  /** As a cloud would: a sandbox that is forgotten must not live for ever. */
  private void limitLife(LocalSandbox sandbox, Duration timeout) {
    ScheduledFuture<?> end =
        host.later(
            timeout,
            () -> {
              log.info("sandbox={} ends: it has lived for {}", sandbox.id(), timeout);
              sandbox.kill();
            });
    sandbox.onExit(() -> end.cancel(false));
  }

  private void giveUp(LocalLaunch launch, @Nullable LocalSandbox sandbox) {
    if (sandbox != null) {
      sandbox.close();
      return;
    }
    LocalHost.undo(launch.process());
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    LocalHost.closeAll(open, LocalSandbox::id, LocalSandbox::close);
    host.close();
    http.close();
  }
}
