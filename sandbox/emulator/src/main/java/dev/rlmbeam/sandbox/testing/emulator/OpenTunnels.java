package dev.rlmbeam.sandbox.testing.emulator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.rlmbeam.sandbox.local.LocalProgram;
import dev.rlmbeam.sandbox.modal.proto.PortSpec;
import dev.rlmbeam.sandbox.modal.proto.Sandbox;
import dev.rlmbeam.sandbox.modal.proto.TunnelData;
import dev.rlmbeam.sandbox.modal.proto.TunnelType;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The tunnels of one sandbox, and whether anybody uses them. Thread-safe. */
final class OpenTunnels implements AutoCloseable {
  private static final String HOST = "localhost";

  private final TunnelServer server;
  private final EmulatorFaults faults;
  private final Supplier<Duration> latency;

  @GuardedBy("this")
  private final List<TunnelServer.Tunnel> open = new ArrayList<>();

  @GuardedBy("this")
  private final List<TunnelData> data = new ArrayList<>();

  @GuardedBy("this")
  private boolean closed;

  @GuardedBy("this")
  private int connections;

  @GuardedBy("this")
  private long idleSinceNanos = System.nanoTime();

  OpenTunnels(TunnelServer server, EmulatorFaults faults, Supplier<Duration> latency) {
    this.server = server;
    this.faults = faults;
    this.latency = latency;
  }

  private final class Target implements TunnelTarget {
    private final String sandboxId;
    private final int hostPort;
    private final Optional<Cidrs> admitted;

    Target(String sandboxId, int hostPort, Optional<Cidrs> admitted) {
      this.sandboxId = sandboxId;
      this.hostPort = hostPort;
      this.admitted = admitted;
    }

    @Override
    public int hostPort() {
      return hostPort;
    }

    @Override
    public boolean admits(InetAddress client) {
      return admitted.isEmpty() || admitted.get().hold(client);
    }

    @Override
    public void connected() {
      count(1);
    }

    @Override
    public void disconnected() {
      count(-1);
    }

    @Override
    public Duration latency() {
      return latency.get();
    }

    @Override
    public Optional<InjectedFault> fault() {
      return faults.ofConnection();
    }

    @Override
    public void struck(InjectedFault fault) {
      fault.struck(sandboxId);
    }
  }

  /** Opens those that the definition asks for. */
  synchronized void open(Sandbox definition, LocalProgram program, String sandboxId)
      throws IOException {
    Optional<Cidrs> admitted =
        definition.getInboundCidrAllowlistCount() == 0
            ? Optional.empty()
            : Optional.of(new Cidrs(definition.getInboundCidrAllowlistList()));
    for (PortSpec port : definition.getOpenPorts().getPortsList()) {
      if (closed) {
        return;
      }
      Target target = new Target(sandboxId, program.hostPort(port.getPort()), admitted);
      TunnelServer.Tunnel tunnel = server.open(target, kind(port));
      open.add(tunnel);
      TunnelData.Builder one = TunnelData.newBuilder().setContainerPort(port.getPort());
      if (port.getUnencrypted()) {
        one.setUnencryptedHost(HOST).setUnencryptedPort(tunnel.port());
      } else {
        one.setHost(HOST).setPort(tunnel.port());
      }
      data.add(one.build());
    }
  }

  private static TunnelServer.Kind kind(PortSpec port) {
    if (port.getUnencrypted()) {
      return TunnelServer.Kind.PLAIN;
    }
    return port.getTunnelType() == TunnelType.TUNNEL_TYPE_H2
        ? TunnelServer.Kind.TLS_HTTP2
        : TunnelServer.Kind.TLS;
  }

  /** All of them, in the order in which they were asked for. */
  synchronized List<TunnelData> data() {
    return List.copyOf(data);
  }

  private synchronized void count(int more) {
    connections += more;
    if (connections == 0) {
      idleSinceNanos = System.nanoTime();
    }
  }

  /** How long nobody has been connected. */
  synchronized Duration idleFor() {
    return connections > 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - idleSinceNanos);
  }

  @Override
  public synchronized void close() {
    closed = true;
    open.forEach(TunnelServer.Tunnel::close);
    open.clear();
  }
}
