package dev.rlmbeam.sandbox.modal;

import dev.rlmbeam.sandbox.CloudSpec;
import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.SandboxToken;
import dev.rlmbeam.sandbox.Sandboxes;
import dev.rlmbeam.sandbox.TunnelTrust;
import dev.rlmbeam.sandbox.repl.TunnelHttp;
import dev.rlmbeam.sandbox.repl.TunnelOptions;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sandboxes in Modal's cloud. Thread-safe. Who creates it closes it. */
public final class ModalSandboxes implements Sandboxes {
  private static final Logger log = LoggerFactory.getLogger(ModalSandboxes.class);

  /** Each waits for Modal most of the time. */
  private static final int OPENINGS = 32;

  private final ModalOptions options;
  private final ModalCalls calls;
  private final SandboxCreation creation;
  private final SandboxWatch watch;
  private final CreateQueue queue;
  private final TunnelHttp http;
  private final SandboxSites sites;
  private final OpenSandboxes open = new OpenSandboxes();
  private final Set<ModalSandbox> running = ConcurrentHashMap.newKeySet();
  private final AtomicLong paidNanos = new AtomicLong();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Where credentials, image and all else have been good for one sandbox. */
  private final Set<SandboxCreation.Site> proven = ConcurrentHashMap.newKeySet();

  /** A pipeline's program may end while its worker still keeps sandboxes for the next bundle. */
  private final Thread atExit = new Thread(open::close, "modal-at-exit");

  private ModalSandboxes(ModalConfig config, ModalOptions options) {
    this.options = options;
    calls = new ModalCalls(config, options.trust());
    ModalApi api = new ModalApi(calls);
    sites = new SandboxSites(api, options);
    creation = new SandboxCreation(api);
    watch = new SandboxWatch(calls);
    queue = new CreateQueue(options.createsPerSecond(), System::nanoTime);
    http = new TunnelHttp(TunnelOptions.defaults(), options.trust());
  }

  /** Gets ready; nothing is called before a sandbox or an image is asked for. */
  public static ModalSandboxes create(ModalConfig config, ModalOptions options) {
    ModalSandboxes sandboxes = new ModalSandboxes(config, options);
    Runtime.getRuntime().addShutdownHook(sandboxes.atExit);
    return sandboxes;
  }

  /**
   * Has the image built, unless Modal has it already; done once for a job, so that its workers need
   * not.
   *
   * @return its id, for {@link ModalOptions#withImageId}
   * @throws SandboxSetupException when it cannot be built, with the end of the log; or when Modal
   *     refuses the credentials
   */
  public String buildImage(CloudSpec spec) throws InterruptedException {
    try {
      return sites.buildImage(spec);
    } catch (ModalException e) {
      throw unlessItPasses(e);
    }
  }

  @Override
  public Sandbox open(SandboxSpec spec) throws InterruptedException {
    if (open.isClosed()) {
      throw new IllegalStateException("Modal's sandboxes are closed already");
    }
    SandboxCreation.Site site;
    try {
      site = sites.find(spec.cloud());
    } catch (ModalException e) {
      throw unlessItPasses(e);
    }
    queue.await();
    try {
      ModalSandbox sandbox = create(site, spec);
      proven.add(site);
      return sandbox;
    } catch (SandboxException e) {
      throw judged(e, site);
    }
  }

  private ModalSandbox create(SandboxCreation.Site site, SandboxSpec spec)
      throws InterruptedException {
    long start = System.nanoTime();
    long end = start + options.startTimeout().toNanos();
    SandboxToken token = SandboxToken.random();
    SandboxCreation.Created created = ask(site, spec, token);
    ModalSandbox sandbox = null;
    boolean ready = false;
    try {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while a sandbox was asked for");
      }
      creation.awaitPlace(created.id(), Duration.ofNanos(end - System.nanoTime()));
      // Nobody pays for the time in which it waits for a machine, nor is it part of its life.
      long born = SandboxBackend.of(created.id()) == SandboxBackend.V1 ? System.nanoTime() : start;
      URI tunnel =
          created.tunnel().isPresent()
              ? created.tunnel().get()
              : creation.awaitTunnel(created.id(), Duration.ofNanos(end - System.nanoTime()));
      sandbox = new ModalSandbox(created.id(), tunnel, token, calls, http, born, this::forget);
      running.add(sandbox);
      open.add(created.id(), sandbox::close);
      sandbox.watch(watch);
      awaitHealth(sandbox, Duration.ofNanos(Math.max(1, end - System.nanoTime())));
      if (open.isClosed()) {
        throw new IllegalStateException("Modal's sandboxes were closed meanwhile");
      }
      ready = true;
      log.info("sandbox={} opened in {} ms", sandbox.id(), (System.nanoTime() - start) / 1_000_000);
      return sandbox;
    } finally {
      if (!ready) {
        giveUp(created.id(), sandbox);
      }
    }
  }

  /** From here on it is ended with all others, whatever becomes of this thread. */
  private SandboxCreation.Created ask(
      SandboxCreation.Site site, SandboxSpec spec, SandboxToken token) throws InterruptedException {
    open.ask();
    try {
      SandboxCreation.Created created = creation.create(site, spec, token);
      open.add(created.id(), () -> ModalSandbox.terminate(calls, created.id()));
      return created;
    } finally {
      open.answered();
    }
  }

  private static void awaitHealth(ModalSandbox sandbox, Duration timeout)
      throws InterruptedException {
    try {
      sandbox.awaitHealth(timeout);
    } catch (SandboxException e) {
      if (sandbox.outcome().isPresent()) {
        throw SandboxCreation.ended(sandbox.id(), sandbox.outcome().get());
      }
      throw e;
    }
  }

  private void giveUp(String id, @Nullable ModalSandbox sandbox) {
    if (sandbox != null) {
      sandbox.close();
    } else {
      ModalSandbox.terminate(calls, id);
      open.remove(id);
    }
  }

  private void forget(ModalSandbox sandbox) {
    open.remove(sandbox.id());
    if (running.remove(sandbox)) {
      paidNanos.addAndGet(sandbox.age().toNanos());
    }
  }

  /**
   * Whoever hears that no other try helps stops the whole run: so this is said only of what would
   * meet every sandbox, which is not so once there has been one, nor where Modal took this one.
   */
  private SandboxException judged(SandboxException e, SandboxCreation.Site site) {
    if (e.retryable()) {
      return e;
    }
    if (proven.contains(site) || (e instanceof ModalException && !e.sandboxId().isEmpty())) {
      return new SandboxException(e.sandboxId(), true, String.valueOf(e.getMessage()), e);
    }
    return e instanceof ModalException refusal ? unlessItPasses(refusal) : e;
  }

  /** What is wrong with the configuration is so for every sandbox. */
  private static SandboxException unlessItPasses(ModalException e) {
    return switch (e.kind()) {
      case AUTHENTICATION, PERMISSION, INVALID, UNIMPLEMENTED, CERTIFICATE ->
          new SandboxSetupException(String.valueOf(e.getMessage()), e);
      default -> e;
    };
  }

  /** For how long sandboxes have been open, all together. */
  public Duration sandboxTime() {
    long unpaid = running.stream().mapToLong(one -> one.age().toNanos()).sum();
    return Duration.ofNanos(paidNanos.get() + unpaid);
  }

  /** True until a sandbox says otherwise: agents are root in Modal's images. */
  @Override
  public boolean sessionsApart() {
    return true;
  }

  @Override
  public boolean billed() {
    return true;
  }

  @Override
  public TunnelTrust trust() {
    return options.trust();
  }

  @Override
  public int openingsAtOnce() {
    return OPENINGS;
  }

  @Override
  public String describe() {
    return "Modal at " + calls.config().serverUrl().getHost();
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    open.close();
    try {
      boolean unused = Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      log.debug("the process is ending", e);
    }
    watch.close();
    http.close();
    calls.close();
  }
}
