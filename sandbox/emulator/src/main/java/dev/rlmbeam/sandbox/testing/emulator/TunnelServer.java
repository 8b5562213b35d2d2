package dev.rlmbeam.sandbox.testing.emulator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All tunnels of an emulator, on one thread. A connection that breaks, stalls or speaks nonsense
 * concerns nobody but itself. Thread-safe. Whoever starts it closes it.
 */
final class TunnelServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TunnelServer.class);
  private static final int BACKLOG = 512;
  private static final int SCRATCH_BYTES = 256 * 1024;
  private static final long REST_NANOS = 100_000_000;
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private final SSLContext tls;
  private final Selector selector;
  private final Thread thread;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  /** Of the tunnels' thread alone. */
  private final Set<TunnelConnection> connections = new HashSet<>();

  /** What a tunnel speaks. */
  enum Kind {
    PLAIN,
    TLS,
    TLS_HTTP2
  }

  /** One port of one sandbox. */
  final class Tunnel implements AutoCloseable {
    private final TunnelTarget target;
    private final Kind kind;
    private final ServerSocketChannel server;
    private final int port;

    /** These are of the tunnels' thread alone. */
    private final Set<TunnelConnection> mine = new HashSet<>();

    private long restUntilNanos;
    private boolean resting;

    private Tunnel(TunnelTarget target, Kind kind) throws IOException {
      this.target = target;
      this.kind = kind;
      server = ServerSocketChannel.open();
      try {
        server.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), 0), BACKLOG);
        server.configureBlocking(false);
        port = ((InetSocketAddress) server.getLocalAddress()).getPort();
      } catch (IOException e) {
        server.close();
        throw e;
      }
    }

    int port() {
      return port;
    }

    private void accept(SelectionKey key, ByteBuffer scratch) {
      try {
        for (SocketChannel client = server.accept(); client != null; client = server.accept()) {
          begin(client, scratch);
        }
      } catch (ClosedChannelException e) {
        log.debug("port {} accepts no more", port, e);
      } catch (IOException e) {
        // Out of descriptors: what waits would be told of without a pause.
        key.interestOps(0);
        resting = true;
        restUntilNanos = System.nanoTime() + REST_NANOS;
      }
    }

    private void begin(SocketChannel client, ByteBuffer scratch) {
      try {
        if (!(client.getRemoteAddress() instanceof InetSocketAddress from)
            || !target.admits(from.getAddress())) {
          client.close();
          return;
        }
        Wire wire =
            kind == Kind.PLAIN ? new Wire.Plain() : new TlsWire(tls, kind == Kind.TLS_HTTP2);
        TunnelConnection connection = new TunnelConnection(target, selector, client, wire);
        connections.add(connection);
        mine.add(connection);
        mine.removeIf(TunnelConnection::closed);
        connection.advance(null, scratch, System.nanoTime());
      } catch (IOException e) {
        log.debug("a connection to port {} could not be served", port, e);
        closeQuietly(client);
      }
    }

    /** Closes the port and its connections, soon. */
    @Override
    public void close() {
      submit(
          () -> {
            closeQuietly(server);
            mine.forEach(TunnelConnection::close);
          });
    }
  }

  private TunnelServer(SSLContext tls) throws IOException {
    this.tls = tls;
    selector = Selector.open();
    thread = new Thread(this::run, "emulator-tunnels");
    thread.setDaemon(true);
  }

  static TunnelServer start(SSLContext tls) throws IOException {
    TunnelServer server = new TunnelServer(tls);
    server.thread.start();
    return server;
  }

  Tunnel open(TunnelTarget target, Kind kind) throws IOException {
    Tunnel tunnel = new Tunnel(target, kind);
    submit(
        () -> {
          try {
            tunnel.server.register(selector, SelectionKey.OP_ACCEPT, tunnel);
          } catch (IOException e) {
            log.warn("port {} cannot be served", tunnel.port, e);
          }
        });
    return tunnel;
  }

  private void submit(Runnable task) {
    tasks.add(task);
    selector.wakeup();
  }

  private void run() {
    ByteBuffer scratch = ByteBuffer.allocate(SCRATCH_BYTES);
    try {
      while (!closed) {
        awaitWork();
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          runGuarded(task);
        }
        long now = System.nanoTime();
        for (SelectionKey key : selector.selectedKeys()) {
          if (key.attachment() instanceof TunnelConnection connection) {
            connection.advance(key, scratch, now);
          } else if (key.attachment() instanceof Tunnel tunnel && key.isValid()) {
            runGuarded(() -> tunnel.accept(key, scratch));
          }
        }
        selector.selectedKeys().clear();
        for (TunnelConnection connection : connections) {
          connection.advance(null, scratch, now);
        }
        connections.removeIf(TunnelConnection::closed);
      }
    } catch (IOException | RuntimeException | Error e) {
      log.error("the tunnels have ended; no sandbox can be reached any more", e);
    } finally {
      closeAll();
    }
  }

  /** What goes wrong with one tunnel must not end all of them. */
  private static void runGuarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.warn("the tunnels go on after {}", e.toString());
    }
  }

  private void awaitWork() throws IOException {
    long now = System.nanoTime();
    long next = now + REST_NANOS * 600;
    for (TunnelConnection connection : connections) {
      next = Math.min(next, connection.nextNanos(now));
    }
    for (SelectionKey key : selector.keys()) {
      if (key.isValid() && key.attachment() instanceof Tunnel tunnel && tunnel.resting) {
        if (tunnel.restUntilNanos - now <= 0) {
          tunnel.resting = false;
          key.interestOps(SelectionKey.OP_ACCEPT);
        } else {
          next = Math.min(next, tunnel.restUntilNanos);
        }
      }
    }
    if (next - now <= 0) {
      selector.selectNow();
    } else {
      selector.select(Math.max(1, (next - now + 999_999) / 1_000_000));
    }
  }

  private void closeAll() {
    connections.forEach(TunnelConnection::close);
    for (SelectionKey key : Set.copyOf(selector.keys())) {
      closeQuietly(key.channel());
    }
    try {
      selector.close();
    } catch (IOException e) {
      log.debug("closing the selector failed", e);
    }
  }

  static void closeQuietly(Channel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      log.debug("closing {} failed", channel, e);
    }
  }

  /** Closes every port and connection and ends the thread. Idempotent. */
  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
