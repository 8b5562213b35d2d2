package dev.rlmbeam.sandbox.local;

import dev.rlmbeam.sandbox.SandboxSetupException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What local sandboxes have in common: this machine as it was found, their folder, their tunnels,
 * and the thread that starts them. Thread-safe. Who creates it closes it.
 */
final class LocalHost implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LocalHost.class);
  private static final RecentSetups SETUPS = new RecentSetups(LocalSetup::find, System::nanoTime);
  private static final Duration CLOSE = Duration.ofSeconds(15);

  private final LocalOptions options;
  private final LocalSetup setup;
  private final WorkFolder workFolder;
  private final @Nullable TunnelForwarder forwarder;

  /**
   * Starts every process, and ends those whose time is up. One thread that lives as long as they
   * do: bubblewrap ends with the very thread that started it.
   */
  private final ScheduledThreadPoolExecutor launcher;

  private final AtomicBoolean closed = new AtomicBoolean();

  private LocalHost(LocalOptions options, LocalSetup setup) throws IOException {
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
   * Finds out what this machine has.
   *
   * @throws SandboxSetupException when it is not enough; the message says the cure
   */
  static LocalHost create(LocalOptions options) throws InterruptedException {
    LocalSetup setup = SETUPS.find(options);
    setup.trouble().ifPresent(why -> log.warn("code runs as a plain process: {}", why));
    try {
      return new LocalHost(options, setup);
    } catch (IOException e) {
      throw new SandboxSetupException(
          "local sandboxes cannot be set up in "
              + options.workFolder().map(Path::toString).orElse("the temporary folder")
              + ": "
              + e,
          e);
    }
  }

  /** Finds it out for a {@link #create} that comes soon. */
  static void lookAhead(LocalOptions options) throws InterruptedException {
    LocalSetup unused = SETUPS.find(options);
  }

  LocalSetup setup() {
    return setup;
  }

  /** Whether there are walls, in a word. */
  String isolationName() {
    return setup.walled() ? "bubblewrap" : "none";
  }

  /** Removed at the end, or by who comes next if this process is killed before. */
  Path folder() {
    return workFolder.path();
  }

  /** For the sandbox of this name. */
  Path folder(String id) {
    return workFolder.path().resolve(id);
  }

  /** Runs a start on the thread that starts everything, and waits for it, but not for ever. */
  Process start(Callable<Process> start, Runnable abandon)
      throws IOException, InterruptedException {
    Future<Process> starting;
    try {
      starting = launcher.submit(start);
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
        abandon.run();
      }
    }
  }

  /**
   * The port of this machine behind which a sandbox's socket is; empty where there are no walls.
   */
  Optional<TunnelForwarder.Tunnel> forward(Path socket, Path pin) throws IOException {
    return forwarder == null ? Optional.empty() : Optional.of(forwarder.open(socket, pin));
  }

  /** Does it later, on the thread that starts everything: it must not block. */
  ScheduledFuture<?> later(Duration delay, Runnable action) {
    return launcher.schedule(action, delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Removes what a start that failed has left, even if the thread is interrupted. */
  static void undo(LocalProcess process) {
    boolean interrupted = Thread.interrupted();
    try {
      process.undo();
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Closes them side by side, as each may take a few seconds to end. */
  static <T> void closeAll(Collection<T> open, Function<T, String> id, Consumer<T> close) {
    List<Thread> closers = new ArrayList<>();
    for (T one : open) {
      Thread closer = new Thread(() -> close.accept(one), "sandbox-closer-" + id.apply(one));
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

  /** Once all sandboxes are closed: one that is not ends with the thread that started it. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    launcher.shutdownNow();
    if (forwarder != null) {
      forwarder.close();
    }
    workFolder.close();
  }
}
