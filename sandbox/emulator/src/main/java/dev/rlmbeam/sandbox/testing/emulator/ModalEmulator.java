package dev.rlmbeam.sandbox.testing.emulator;

import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.local.LocalOptions;
import dev.rlmbeam.sandbox.local.LocalPrograms;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.okhttp.OkHttpServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Modal's sandboxes on this machine: its service over gRPC, for Modal's own SDKs and for ours, with
 * a sandbox for each request that is a local process, and tunnels that speak TLS. Thread-safe. Who
 * starts it closes it.
 *
 * <pre>{@code
 * try (ModalEmulator emulator = ModalEmulator.start(EmulatorOptions.defaults())) {
 *   // MODAL_SERVER_URL=emulator.serverUrl(), MODAL_TOKEN_ID=…, MODAL_TOKEN_SECRET=…
 * }
 * }</pre>
 *
 * <p>What is not as in the cloud: whatever the image, a sandbox sees this machine's system and
 * Python; of an image ENV, COPY, WORKDIR and CMD take effect, and RUN is written to the build's log
 * and not run, except that one whose command holds {@code exit 1}, or is {@code false}, fails. An
 * image from {@code scratch}, {@code busybox} or {@code alpine} has no python3. A sandbox has no
 * network at all, so that lists of what it may reach have no effect; CPU, memory and GPU are not
 * limited.
 */
public final class ModalEmulator implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ModalEmulator.class);
  private static final String CERTIFICATE = "ca.pem";
  private static final byte[] LOOPBACK = {127, 0, 0, 1};
  private static final int MAX_MESSAGE_BYTES = 100 * 1024 * 1024;
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration CLOSE = Duration.ofSeconds(60);

  private final String tokenId;
  private final String tokenSecret;
  private final Path certificate;
  private final LocalPrograms programs;
  private final TunnelServer tunnels;
  private final SandboxThreads threads = new SandboxThreads();
  private final EmulatorRequests requests = new EmulatorRequests();
  private final EmulatorFaults faults;
  private final SandboxRegistry registry;
  private final Server server;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Duration tunnelLatency;

  private ModalEmulator(EmulatorOptions options, LocalPrograms programs, TunnelServer tunnels) {
    this.programs = programs;
    this.tunnels = tunnels;
    tokenId = options.tokenId().orElseGet(() -> Ids.of("ak-"));
    tokenSecret = options.tokenSecret().orElseGet(() -> Ids.of("as-"));
    certificate = programs.folder().resolve(CERTIFICATE);
    tunnelLatency = options.tunnelLatency();
    IssuedTokens tokens = new IssuedTokens(Clock.systemUTC(), options.authTokenLifetime());
    faults = new EmulatorFaults(options.seed(), System::nanoTime);
    options.faults().forEach(faults::inject);
    EmulatedApps apps = new EmulatedApps(options.environments());
    EmulatedSecrets secrets = new EmulatedSecrets(options.secrets());
    EmulatedImages images = new EmulatedImages(options.imageBuildTime(), secrets);
    SandboxFactory factory = new SandboxFactory(secrets);
    registry =
        new SandboxRegistry(
            options,
            apps,
            images,
            factory,
            faults,
            programs,
            threads,
            () -> new OpenTunnels(tunnels, faults, () -> tunnelLatency));
    ControlPlane service =
        new ControlPlane(
            tokens,
            faults,
            apps,
            secrets,
            images,
            registry,
            new SandboxCalls(registry, factory),
            new Idempotency(options.idempotencyWindow(), System::nanoTime));
    CallGuard guard =
        new CallGuard(tokenId, tokenSecret, tokens, faults, requests, options.strictFields());
    server =
        OkHttpServerBuilder.forPort(address(options.port()), InsecureServerCredentials.create())
            .executor(threads.workers())
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            // Modal's SDKs ask every 30 s whether the other side is there, also without calls.
            .permitKeepAliveTime(10, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .intercept(guard)
            .addService(service)
            .build();
  }

  private static InetSocketAddress address(int port) {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port);
    } catch (IOException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  /**
   * Starts one.
   *
   * @throws SandboxSetupException when sandboxes cannot be isolated here, or the port is taken; the
   *     message says the cure
   */
  public static ModalEmulator start(EmulatorOptions options) throws InterruptedException {
    LocalOptions local =
        new LocalOptions(options.isolation(), Optional.empty(), options.workFolder(), START, false);
    LocalPrograms programs = LocalPrograms.create(local);
    TunnelServer tunnels = null;
    ModalEmulator emulator = null;
    try {
      TunnelCertificates certificates = new TunnelCertificates();
      certificates.write(programs.folder().resolve(CERTIFICATE));
      tunnels = TunnelServer.start(certificates.context());
      ModalEmulator made = new ModalEmulator(options, programs, tunnels);
      made.server.start();
      emulator = made;
      log.info(
          "Modal's emulator listens at {}, isolation={}",
          made.serverUrl(),
          programs.isolationName());
      return made;
    } catch (IOException e) {
      throw new SandboxSetupException(
          "the emulator cannot be started on port " + options.port() + ": " + e.getMessage(), e);
    } finally {
      if (emulator == null) {
        if (tunnels != null) {
          tunnels.close();
        }
        programs.close();
      }
    }
  }

  /** For {@code MODAL_SERVER_URL}. */
  public String serverUrl() {
    return "http://127.0.0.1:" + server.getPort();
  }

  /** A file in PEM with the authority that has signed the tunnels' certificates. */
  public Path caCertificate() {
    return certificate;
  }

  /** For {@code MODAL_TOKEN_ID}. */
  public String tokenId() {
    return tokenId;
  }

  /** For {@code MODAL_TOKEN_SECRET}. */
  public String tokenSecret() {
    return tokenSecret;
  }

  /** What stands between sandboxes and this machine: {@code bubblewrap} or {@code none}. */
  public String isolationName() {
    return programs.isolationName();
  }

  /** All sandboxes in the order of their creation, those that have ended too. */
  public List<EmulatedSandbox> sandboxes() {
    return registry.views();
  }

  /** Those that have not ended. */
  public List<EmulatedSandbox> runningSandboxes() {
    return sandboxes().stream().filter(one -> one.state() != EmulatedSandbox.State.ENDED).toList();
  }

  /** What it was asked. */
  public EmulatorRequests requests() {
    return requests;
  }

  /** What goes wrong on purpose. */
  public EmulatorFaults faults() {
    return faults;
  }

  /** How long bytes take through tunnels from now on, each way. */
  public void setTunnelLatency(Duration latency) {
    if (latency.isNegative()) {
      throw new IllegalArgumentException("a latency must be >= 0, but was " + latency);
    }
    tunnelLatency = latency;
  }

  /**
   * Ends all sandboxes, and leaves nothing behind; whoever comes second waits for that, too.
   * Idempotent.
   */
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    try {
      if (closing.compareAndSet(false, true)) {
        try {
          closeAll();
        } finally {
          closed.countDown();
        }
      } else if (!closed.await(CLOSE.toSeconds(), TimeUnit.SECONDS)) {
        log.warn("the emulator does not end");
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeAll() throws InterruptedException {
    try {
      registry.endAll();
      server.shutdownNow();
      if (!server.awaitTermination(5, TimeUnit.SECONDS)) {
        log.warn("the server does not end");
      }
    } finally {
      threads.close();
      programs.close();
      tunnels.close();
    }
  }
}
