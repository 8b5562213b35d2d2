package dev.rlmbeam.sandbox.testing.emulator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.rlmbeam.sandbox.local.LocalPrograms;
import dev.rlmbeam.sandbox.local.ProgramSpec;
import dev.rlmbeam.sandbox.modal.proto.GenericResult.GenericStatus;
import dev.rlmbeam.sandbox.modal.proto.Sandbox;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetFromNameRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxListRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxTag;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** All sandboxes of an emulator, those that have ended too. Thread-safe. */
final class SandboxRegistry {
  private static final int DEFAULT_TIMEOUT_SECS = 300;

  private final EmulatorOptions options;
  private final EmulatedApps apps;
  private final EmulatedImages images;
  private final SandboxFactory factory;
  private final EmulatorFaults faults;
  private final LocalPrograms programs;
  private final SandboxThreads threads;
  private final Supplier<OpenTunnels> tunnels;

  /** In the order of their creation. */
  @GuardedBy("this")
  private final Map<String, RunningSandbox> byId = new LinkedHashMap<>();

  @GuardedBy("this")
  private double lastCreatedAt;

  @GuardedBy("this")
  private boolean closed;

  SandboxRegistry(
      EmulatorOptions options,
      EmulatedApps apps,
      EmulatedImages images,
      SandboxFactory factory,
      EmulatorFaults faults,
      LocalPrograms programs,
      SandboxThreads threads,
      Supplier<OpenTunnels> tunnels) {
    this.options = options;
    this.apps = apps;
    this.images = images;
    this.factory = factory;
    this.faults = faults;
    this.programs = programs;
    this.threads = threads;
    this.tunnels = tunnels;
  }

  /** What a creation asks for, of either kind. */
  record Order(
      boolean newer,
      String appId,
      Sandbox definition,
      Map<String, String> secret,
      List<SandboxTag> tags) {}

  /** Takes a sandbox, and starts it in the background. */
  RunningSandbox create(Order order) {
    SandboxChecks.check(order.definition(), order.newer(), options.regions());
    EmulatedApps.App app = apps.require(order.appId());
    EmulatedImage image = images.require(order.definition().getImageId());
    checkProxy(order.definition());
    Cidrs unused = new Cidrs(order.definition().getInboundCidrAllowlistList());
    Sandbox.Builder definition = order.definition().toBuilder();
    if (definition.getTimeoutSecs() == 0) {
      definition.setTimeoutSecs(DEFAULT_TIMEOUT_SECS);
    }
    RunningSandbox sandbox = register(order, app, definition.build());
    threads.workers().execute(() -> start(sandbox, image, order.secret()));
    return sandbox;
  }

  private void checkProxy(Sandbox definition) {
    if (definition.hasProxyId() && proxyName(definition.getProxyId()).isEmpty()) {
      throw Refusals.notFound("Proxy %s not found", definition.getProxyId());
    }
  }

  /** Proxies have an id that is made of their name. */
  String proxyId(String name) {
    if (!options.proxies().contains(name)) {
      throw Refusals.notFound("Proxy '%s' not found", name);
    }
    return "pr-" + name;
  }

  private Optional<String> proxyName(String id) {
    return options.proxies().stream().filter(name -> id.equals("pr-" + name)).findFirst();
  }

  private synchronized RunningSandbox register(
      Order order, EmulatedApps.App app, Sandbox definition) {
    if (closed) {
      throw new IllegalStateException("the emulator is closed");
    }
    Optional<String> name =
        definition.hasName() ? Optional.of(definition.getName()) : Optional.empty();
    if (name.isPresent() && running(order.appId(), name.get()).isPresent()) {
      throw Refusals.exists("a sandbox named '%s' runs in this app already", name.get());
    }
    // Lists are read on from the last one's, so no two may have the same.
    lastCreatedAt = Math.max(System.currentTimeMillis() / 1000.0, lastCreatedAt + 1e-5);
    RunningSandbox.Identity identity =
        new RunningSandbox.Identity(
            order.newer() ? Ids.ulid("sb-") : Ids.of("sb-"),
            order.newer(),
            order.newer() ? Ids.ulid("ta-") : Ids.of("ta-"),
            order.appId(),
            app.name(),
            name,
            lastCreatedAt);
    RunningSandbox sandbox =
        new RunningSandbox(identity, definition, tags(order.tags()), threads, tunnels.get());
    byId.put(identity.id(), sandbox);
    return sandbox;
  }

  private void start(RunningSandbox sandbox, EmulatedImage image, Map<String, String> secret) {
    Optional<String> missing = SandboxFactory.missing(sandbox.definition(), image);
    if (missing.isPresent()) {
      sandbox.end(Results.of(GenericStatus.GENERIC_STATUS_INIT_FAILURE, missing.get()));
      return;
    }
    ProgramSpec spec = factory.spec(sandbox.identity(), sandbox.definition(), image, secret);
    sandbox.start(programs, spec, faults.ofSandbox());
  }

  static Map<String, String> tags(List<SandboxTag> tags) {
    Map<String, String> found = new LinkedHashMap<>();
    for (SandboxTag tag : tags) {
      if (tag.getTagName().isEmpty()) {
        throw Refusals.invalid("a tag needs a name");
      }
      found.put(tag.getTagName(), tag.getTagValue());
    }
    return found;
  }

  synchronized RunningSandbox require(String id) {
    RunningSandbox sandbox = byId.get(id);
    if (sandbox == null) {
      throw Refusals.notFound("Sandbox %s not found", id);
    }
    return sandbox;
  }

  private synchronized Optional<RunningSandbox> running(String appId, String name) {
    return byId.values().stream()
        .filter(one -> one.identity().appId().equals(appId))
        .filter(one -> one.identity().name().equals(Optional.of(name)))
        .filter(one -> one.result().isEmpty())
        .findFirst();
  }

  RunningSandbox named(SandboxGetFromNameRequest request, boolean newer) {
    Optional<String> appId = apps.find(request.getEnvironmentName(), request.getAppName());
    return newestFirst().stream()
        .filter(one -> Optional.of(one.identity().appId()).equals(appId))
        .filter(one -> one.identity().name().equals(Optional.of(request.getSandboxName())))
        .filter(one -> one.result().isEmpty() || request.getIncludeTerminated())
        .filter(one -> one.identity().newer() == newer)
        .findFirst()
        .orElseThrow(
            () ->
                Refusals.notFound(
                    "no sandbox named '%s' runs in app '%s'",
                    request.getSandboxName(), request.getAppName()));
  }

  /** A page, newest first, of what is older than the request's moment. */
  List<RunningSandbox> list(SandboxListRequest request, boolean newer) {
    String environment = apps.environmentName(request.getEnvironmentName());
    Map<String, String> wanted = tags(request.getTagsList());
    double before = request.getBeforeTimestamp();
    return newestFirst().stream()
        .filter(one -> before <= 0 || one.identity().createdAt() < before)
        .filter(one -> newer || !one.identity().newer()) // the newer backend lists both
        .filter(one -> one.result().isEmpty() || request.getIncludeFinished())
        .filter(one -> isIn(one, request.getAppId(), environment))
        .filter(one -> one.tags().entrySet().containsAll(wanted.entrySet()))
        .limit(options.listPageSize())
        .toList();
  }

  private boolean isIn(RunningSandbox sandbox, String appId, String environment) {
    return appId.isEmpty()
        ? apps.require(sandbox.identity().appId()).environment().equals(environment)
        : sandbox.identity().appId().equals(appId);
  }

  private synchronized List<RunningSandbox> newestFirst() {
    List<RunningSandbox> all = new ArrayList<>(byId.values());
    Collections.reverse(all);
    return all;
  }

  /** In the order of their creation. */
  synchronized List<EmulatedSandbox> views() {
    return byId.values().stream().map(RunningSandbox::view).toList();
  }

  /** Takes no more. */
  synchronized void close() {
    closed = true;
  }

  /** Ends all that run, side by side. */
  void endAll() {
    close();
    List<Thread> enders = new ArrayList<>();
    for (RunningSandbox sandbox : newestFirst()) {
      if (sandbox.result().isEmpty()) {
        Thread ender =
            new Thread(
                () ->
                    sandbox.end(
                        Results.of(
                            GenericStatus.GENERIC_STATUS_TERMINATED, "the emulator was closed")),
                "emulator-ender-" + sandbox.identity().id());
        ender.setDaemon(true);
        ender.start();
        enders.add(ender);
      }
    }
    boolean interrupted = Thread.interrupted();
    for (Thread ender : enders) {
      try {
        ender.join(15_000);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
