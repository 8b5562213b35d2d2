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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
  private static final RecentSetups SETUPS = new RecentSetups(LocalSetup::find, System::nanoTime);
  private static final AtomicLong NUMBER = new AtomicLong();
  private static final Duration CLOSE = Duration.ofSeconds(15);

  private final LocalOptions options;
  private final LocalSetup setup;
  private final AgentProgram program = AgentProgram.load();
  private final WorkFolder workFolder;
  private final TunnelHttp http = new TunnelHttp(TunnelOptions.defaults());
  private final @Nullable TunnelForwarder forwarder;
  private final Set<LocalSandbox> open = ConcurrentHashMap.newKeySet();

  /**
   * Starts every process, and ends those whose time is up. One thread that lives as long as they
   * do: bubblewrap ends with the very thread that started it.
   */
  private final ScheduledThreadPoolExecutor launcher;

  private final AtomicBoolean closed = new AtomicBoolean();

  private LocalSandboxes(LocalOptions options, LocalSetup setup) throws IOException {
    this.options = options;
    this.setup = setup;
    workFolder =
        WorkFolder.make(options.workFolder().orElse(Path.of(System.getProperty("java.io.tmpdir"))));
    forwarder = setup.walled() ? TunnelForwarder.start() : null;
    launcher =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "sandbox-launcher");
              thread.setDaemon(true);
              return thread;
            });
    launcher.setRemoveOnCancelPolicy(true);
  }

  /**
   * Finds out what this machine has, by trying it, and gets ready; takes a few tenths of a second,
   * less within a minute after the last time.
   *
   * @throws SandboxSetupException when there is no fit Python, or bubblewrap does not work and a
   *     plain process was not allowed; the message says the cure
   */
  public static LocalSandboxes create(LocalOptions options) throws InterruptedException {
    LocalSetup setup = SETUPS.find(options);
    setup.trouble().ifPresent(why -> log.warn("code runs as a plain process: {}", why));
    try {
      return new LocalSandboxes(options, setup);
    } catch (IOException e) {
      throw new SandboxSetupException(
          "local sandboxes cannot be set up in "
              + options.workFolder().map(Path::toString).orElse("the temporary folder")
              + ": "
              + e,
          e);
    }
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
                LocalSetup unused = SETUPS.find(options);
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
    return setup.walled() ? "bubblewrap" : "none";
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
    LocalLaunch launch = new LocalLaunch(id, setup, workFolder.path().resolve(id), spec, token);
    LocalSandbox sandbox = null;
    boolean ready = false;
    try {
      Process process = start(launch);
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

  private Process start(LocalLaunch launch) throws IOException, InterruptedException {
    Future<Process> starting;
    try {
      starting = launcher.submit(() -> launch.start(program));
    } catch (RejectedExecutionException e) {
      throw new IllegalStateException("local sandboxes are closed already", e);
    }
    boolean started = false;
    try {
      Process process = starting.get(options.startTimeout().toMillis(), TimeUnit.MILLISECONDS);
      started = true;
      return process;
    } catch (TimeoutException e) {
      throw new IOException("its process was not started in " + options.startTimeout(), e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      if (e.getCause() instanceof SandboxSetupException unfit) {
        throw unfit;
      }
      throw new IllegalStateException("a start failed in an unforeseen way", e.getCause());
    } finally {
      if (!started) {
        launch.abandon();
      }
    }
  }

  private LocalSandbox reach(
      String id, SandboxToken token, Process process, LocalLaunch launch, JsonNode readyLine)
      throws IOException {
    TunnelForwarder.Tunnel tunnel =
        forwarder == null ? null : forwarder.open(launch.socket(), launch.pin());
    int port = tunnel == null ? readyLine.path("port").asInt() : tunnel.port();
    URI uri = URI.create("http://127.0.0.1:" + port);
    LocalSandbox sandbox =
        new LocalSandbox(id, uri, token, process, launch, setup, http, tunnel, open::remove);
    open.add(sandbox);
    return sandbox;
  }

  /** As a cloud would: a sandbox that is forgotten must not live for ever. */
  private void limitLife(LocalSandbox sandbox, Duration timeout) {
    ScheduledFuture<?> end =
        launcher.schedule(
            () -> {
              log.info("sandbox={} ends: it has lived for {}", sandbox.id(), timeout);
              sandbox.kill();
            },
            timeout.toMillis(),
            TimeUnit.MILLISECONDS);
    sandbox.onExit(() -> end.cancel(false));
  }

  private void giveUp(LocalLaunch launch, @Nullable LocalSandbox sandbox) {
    if (sandbox != null) {
      sandbox.close();
      return;
    }
    boolean interrupted = Thread.interrupted();
    try {
      launch.undo();
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Side by side, as each may take a few seconds to end. */
  private void closeAll() {
    List<Thread> closers = new ArrayList<>();
    for (LocalSandbox sandbox : open) {
      Thread closer = new Thread(sandbox::close, "sandbox-closer-" + sandbox.id());
      closer.setDaemon(true);
      closer.start();
      closers.add(closer);
    }
    // An interrupted thread could not wait, and would take the launcher from under them.
    boolean interrupted = Thread.interrupted();
    for (Thread closer : closers) {
      try {
        closer.join(CLOSE.toMillis());
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    closeAll();
    // Not before: a sandbox ends with the thread that started it.
    launcher.shutdownNow();
    if (forwarder != null) {
      forwarder.close();
    }
    http.close();
    workFolder.close();
  }
}
