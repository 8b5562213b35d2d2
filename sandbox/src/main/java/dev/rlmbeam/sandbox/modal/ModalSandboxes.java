package dev.rlmbeam.sandbox.modal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.rlmbeam.sandbox.CloudSpec;
import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxImage;
import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.SandboxToken;
import dev.rlmbeam.sandbox.Sandboxes;
import dev.rlmbeam.sandbox.TunnelTrust;
import dev.rlmbeam.sandbox.repl.TunnelHttp;
import dev.rlmbeam.sandbox.repl.TunnelOptions;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  private static final Duration CLOSE = Duration.ofSeconds(30);

  private final ModalOptions options;
  private final ModalCalls calls;
  private final ModalApi api;
  private final SandboxCreation creation;
  private final SandboxWatch watch;
  private final CreateQueue queue;
  private final TunnelHttp http;
  private final Set<ModalSandbox> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong paidNanos = new AtomicLong();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Credentials, image and all else have been good for one sandbox. */
  private volatile boolean proven;

  /** A pipeline's program may end while its worker still keeps sandboxes for the next bundle. */
  private final Thread atExit = new Thread(this::closeAll, "modal-at-exit");

  /** What of a specification has to be looked up; sandboxes of a job are all alike in it. */
  private record SiteKey(String app, SandboxImage image, List<String> secrets, String proxy) {}

  @GuardedBy("sites")
  private final Map<SiteKey, SandboxCreation.Site> sites = new HashMap<>();

  private ModalSandboxes(ModalConfig config, ModalOptions options) {
    this.options = options;
    calls = new ModalCalls(config, options.trust());
    api = new ModalApi(calls);
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
      return build(api.app(spec.app()), spec.image());
    } catch (ModalException e) {
      throw unlessItPasses(e);
    }
  }

  private String build(String appId, SandboxImage image) throws InterruptedException {
    long start = System.nanoTime();
    String id = new ImageBuild(api, appId, options.buildTimeout()).run(image);
    log.info("image={} ready after {} ms", id, (System.nanoTime() - start) / 1_000_000);
    return id;
  }

  /** Whoever comes while another looks it up waits for that one. */
  private SandboxCreation.Site site(CloudSpec spec) throws InterruptedException {
    SiteKey key = new SiteKey(spec.app(), spec.image(), spec.secrets(), spec.proxy());
    synchronized (sites) {
      SandboxCreation.Site site = sites.get(key);
      if (site == null) {
        String appId = api.app(spec.app());
        String imageId =
            options.imageId().isPresent() ? options.imageId().get() : build(appId, spec.image());
        site = new SandboxCreation.Site(appId, imageId, api.secrets(spec), api.proxy(spec));
        sites.put(key, site);
      }
      return site;
    }
  }

  @Override
  public Sandbox open(SandboxSpec spec) throws InterruptedException {
    if (closed.get()) {
      throw new IllegalStateException("Modal's sandboxes are closed already");
    }
    try {
      SandboxCreation.Site site = site(spec.cloud());
      queue.await();
      ModalSandbox sandbox = create(site, spec);
      proven = true;
      return sandbox;
    } catch (SandboxException e) {
      throw judged(e);
    }
  }

  private ModalSandbox create(SandboxCreation.Site site, SandboxSpec spec)
      throws InterruptedException {
    long start = System.nanoTime();
    long end = start + options.startTimeout().toNanos();
    SandboxToken token = SandboxToken.random();
    SandboxCreation.Created created = creation.create(site, spec, token);
    ModalSandbox sandbox = null;
    boolean ready = false;
    try {
      URI tunnel =
          created.tunnel().isPresent()
              ? created.tunnel().get()
              : creation.awaitTunnel(created.id(), Duration.ofNanos(end - System.nanoTime()));
      sandbox = new ModalSandbox(created.id(), tunnel, token, calls, http, start, this::forget);
      open.add(sandbox);
      sandbox.watch(watch);
      awaitHealth(sandbox, Duration.ofNanos(Math.max(1, end - System.nanoTime())));
      if (closed.get()) {
        throw new IllegalStateException("Modal's sandboxes were closed meanwhile");
      }
      ready = true;
      log.info("sandbox={} opened in {} ms", sandbox.id(), sandbox.age().toMillis());
      return sandbox;
    } finally {
      if (!ready) {
        giveUp(created.id(), sandbox);
      }
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
    }
  }

  private void forget(ModalSandbox sandbox) {
    if (open.remove(sandbox)) {
      paidNanos.addAndGet(sandbox.age().toNanos());
    }
  }

  /**
   * Whoever hears that no other try helps stops the whole run: so this is said only of what would
   * meet every sandbox, which is not so once there has been one, nor where Modal took this one.
   */
  private SandboxException judged(SandboxException e) {
    if (e.retryable()) {
      return e;
    }
    if (proven || (e instanceof ModalException && !e.sandboxId().isEmpty())) {
      return new SandboxException(e.sandboxId(), true, String.valueOf(e.getMessage()), e);
    }
    return e instanceof ModalException refusal ? unlessItPasses(refusal) : e;
  }

  /** What is wrong with the configuration is so for every sandbox. */
  private static SandboxException unlessItPasses(ModalException e) {
    return switch (e.kind()) {
      case AUTHENTICATION, PERMISSION, INVALID, UNIMPLEMENTED ->
          new SandboxSetupException(String.valueOf(e.getMessage()), e);
      default -> e;
    };
  }

  /** For how long sandboxes have been open, all together. */
  public Duration sandboxTime() {
    long running = open.stream().mapToLong(one -> one.age().toNanos()).sum();
    return Duration.ofNanos(paidNanos.get() + running);
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
    closeAll();
    try {
      boolean unused = Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      log.debug("the process is ending", e);
    }
    watch.close();
    http.close();
    calls.close();
  }

  /** Side by side, as each waits for an answer of Modal's. */
  private void closeAll() {
    List<Thread> closers = new ArrayList<>();
    for (ModalSandbox sandbox : open) {
      Thread closer = new Thread(sandbox::close, "sandbox-closer-" + sandbox.id());
      closer.setDaemon(true);
      closer.start();
      closers.add(closer);
    }
    boolean interrupted = Thread.interrupted();
    long end = System.nanoTime() + CLOSE.toNanos();
    for (Thread closer : closers) {
      try {
        closer.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
