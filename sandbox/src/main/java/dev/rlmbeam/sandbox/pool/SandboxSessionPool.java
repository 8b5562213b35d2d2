package dev.rlmbeam.sandbox.pool;

import dev.rlmbeam.sandbox.Isolation;
import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.Sandboxes;
import dev.rlmbeam.sandbox.repl.BoundContext;
import dev.rlmbeam.sandbox.repl.ContextMissingException;
import dev.rlmbeam.sandbox.repl.ContextSource;
import dev.rlmbeam.sandbox.repl.Deadline;
import dev.rlmbeam.sandbox.repl.ModelQueryHandler;
import dev.rlmbeam.sandbox.repl.ReplSession;
import dev.rlmbeam.sandbox.repl.TunnelHttp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pool: does what the {@link SlotTable} decides. */
final class SandboxSessionPool implements SessionPool {
  private static final Logger log = LoggerFactory.getLogger(SandboxSessionPool.class);
  private static final int MAX_CLOSING = 16;
  private static final int UPLOAD_ATTEMPTS = 3;

  private final Sandboxes sandboxes;
  private final PoolOptions options;
  private final TunnelHttp http;
  private final SlotTable table;
  private final ThreadPoolExecutor openers;

  /** Apart from the openers: an opening may hang for a minute, and a sandbox costs until closed. */
  private final ThreadPoolExecutor closers;

  private final ScheduledExecutorService maintenance;
  private final Set<Future<?>> openings = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable String> degradation = new AtomicReference<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  SandboxSessionPool(Sandboxes sandboxes, PoolOptions options) {
    this.sandboxes = sandboxes;
    this.options = options;
    http = new TunnelHttp(options.tunnel(), sandboxes.trust());
    int openings = sandboxes.openingsAtOnce();
    table = new SlotTable(options, openings, System::nanoTime);
    openers = PoolThreads.upTo(openings, "sandbox-opener-");
    closers = PoolThreads.upTo(MAX_CLOSING, "sandbox-closer-");
    maintenance = Executors.newSingleThreadScheduledExecutor(PoolThreads.named("session-pool-"));
    long period = Math.max(10, Math.min(1_000, options.idleTimeout().toMillis() / 4));
    Future<?> unused =
        maintenance.scheduleWithFixedDelay(
            () -> perform(table.sweep()), period, period, TimeUnit.MILLISECONDS);
    if (options.isolation() == Isolation.BUNDLE && !sandboxes.sessionsApart()) {
      degrade(sandboxes.describe());
    }
  }

  private void degrade(String where) {
    String message =
        "isolation=bundle becomes element: sessions of one sandbox cannot be kept apart here ("
            + where
            + "), so each element gets a sandbox of its own";
    table.degrade();
    if (degradation.compareAndSet(null, message)) {
      log.warn("{}", message);
    }
  }

  @Override
  public Optional<String> degradation() {
    return Optional.ofNullable(degradation.get());
  }

  @Override
  public Isolation isolation() {
    return table.isolation();
  }

  @Override
  public int openSandboxes() {
    return table.size();
  }

  @Override
  public ReplSession open(Request request, ModelQueryHandler handler) throws InterruptedException {
    Deadline deadline = Deadline.in(request.timeout());
    PooledSandbox place = awaitSlot(request, deadline);
    SandboxShare.Ticket ticket = place.share.enter();
    boolean seated = false;
    try {
      ReplSession session = openIn(place, request, handler, ticket, deadline);
      seated = true;
      log.info(
          "session={} sandbox={} task={} opened",
          session.id(),
          session.sandboxId(),
          request.name());
      return session;
    } finally {
      if (!seated) {
        request.onPaid().accept(place.share.leave(ticket));
        perform(table.release(place, !place.connection.isDoubtful()));
      }
    }
  }

  private PooledSandbox awaitSlot(Request request, Deadline deadline) throws InterruptedException {
    List<String> hashes =
        request.contexts().stream().flatMap(context -> context.sha256().stream()).toList();
    Waiter waiter = new Waiter(request.affinity(), hashes, request.alone());
    perform(table.enter(waiter));
    boolean given = false;
    try {
      PooledSandbox place = waiter.slot.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
      given = true;
      return place;
    } catch (TimeoutException e) {
      throw new SandboxException(
          "",
          true,
          String.format(
              "no session slot was free for %s in %s; %d sandboxes are open, at most %d may be",
              request.name(), request.timeout(), table.size(), options.maxSandboxes()),
          e);
    } catch (ExecutionException e) {
      throw rethrown(e.getCause());
    } finally {
      if (!given) {
        perform(table.leave(waiter));
      }
    }
  }

  private static RuntimeException rethrown(@Nullable Throwable failure) {
    if (failure instanceof SandboxException e) {
      return e;
    }
    return new IllegalStateException("no sandbox could be opened: " + failure, failure);
  }

  private ReplSession openIn(
      PooledSandbox place,
      Request request,
      ModelQueryHandler handler,
      SandboxShare.Ticket ticket,
      Deadline deadline)
      throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      List<SandboxContexts.Held> contexts = new ArrayList<>();
      boolean opened = false;
      try {
        for (ContextSource source : request.contexts()) {
          contexts.add(place.contexts.acquire(source, deadline));
        }
        List<SandboxContexts.Held> held = List.copyOf(contexts);
        List<BoundContext> bound = held.stream().map(SandboxContexts.Held::bound).toList();
        ReplSession session =
            place.connection.openSession(
                bound,
                handler,
                deadline.remaining(),
                clean -> end(place, request, ticket, held, clean));
        opened = true;
        return session;
      } catch (ContextMissingException e) {
        place.contexts.forget(e.sha256());
        if (attempt == UPLOAD_ATTEMPTS) {
          throw e;
        }
      } finally {
        if (!opened) {
          place.contexts.release(contexts);
        }
      }
    }
  }

  private void end(
      PooledSandbox place,
      Request request,
      SandboxShare.Ticket ticket,
      List<SandboxContexts.Held> held,
      boolean clean) {
    request.onPaid().accept(place.share.leave(ticket));
    log.info("sandbox={} task={} session closed", place.sandbox.id(), request.name());
    if (!clean && !place.connection.isLost()) {
      log.warn(
          "sandbox={} task={} did not end clean; the sandbox serves no other",
          place.sandbox.id(),
          request.name());
    }
    perform(table.release(place, clean));
    place.contexts.release(held);
  }

  /** Hands on what the table decided. Blocks only while the pool is closed. */
  private void perform(SlotTable.Work work) {
    for (PooledSandbox sandbox : work.toClose()) {
      try {
        closers.execute(() -> close(sandbox));
      } catch (RejectedExecutionException e) {
        close(sandbox); // the pool is closing, and nobody else would
      }
    }
    for (String affinity : work.toOpen()) {
      try {
        openings.add(openers.submit(() -> open(affinity)));
      } catch (RejectedExecutionException e) {
        perform(table.openFailed(new IllegalStateException("the session pool was closed", e)));
      }
    }
    openings.removeIf(Future::isDone);
  }

  private void close(PooledSandbox sandbox) {
    try {
      sandbox.close();
    } finally {
      perform(table.closed(sandbox));
    }
  }

  private void open(String affinity) {
    Sandbox sandbox = null;
    PooledSandbox pooled = null;
    // Told whatever happens: the table would wait for it for ever.
    RuntimeException failure = new IllegalStateException("no sandbox could be opened");
    try {
      sandbox = sandboxes.open(options.spec());
      if (options.isolation() == Isolation.BUNDLE && !sandbox.sessionsApart()) {
        degrade("sandbox " + sandbox.id() + " has no uids for them");
      }
      pooled =
          PooledSandbox.connect(
              sandbox, options, http, affinity, lost -> perform(table.lost(lost)));
    } catch (RuntimeException e) {
      log.debug("no sandbox could be opened", e);
      failure = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = new IllegalStateException("the session pool was closed", e);
    } catch (Error e) { // no memory or no thread: other work may get through all the same
      log.warn("no sandbox could be opened: {}", e.toString());
      String id = sandbox == null ? "" : sandbox.id();
      failure = new SandboxException(id, true, "no sandbox could be opened: " + e, e);
      throw e;
    } finally {
      if (pooled != null) {
        perform(table.opened(pooled));
      } else {
        giveUp(sandbox, failure);
      }
    }
  }

  private void giveUp(@Nullable Sandbox sandbox, RuntimeException failure) {
    try {
      if (sandbox != null) {
        sandbox.close();
      }
    } finally {
      perform(table.openFailed(failure));
    }
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    maintenance.shutdownNow();
    perform(table.close());
    openings.forEach(opening -> opening.cancel(true));
    openers.shutdown();
    closers.shutdown();
    boolean interrupted = false;
    try {
      // First those that may yet hand a sandbox over to be closed.
      boolean ended = openers.awaitTermination(10, TimeUnit.SECONDS);
      ended &= closers.awaitTermination(20, TimeUnit.SECONDS);
      if (!ended) {
        log.warn("some sandboxes take long to close; they end with their leases");
      }
      maintenance.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    http.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
