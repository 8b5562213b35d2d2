package dev.rlmbeam.sandbox.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tunnels of sandboxes without a network: for each a port of the loopback interface whose
 * connections go on to the Unix socket on which the sandbox's agent listens. One thread for all of
 * them. Thread-safe. Whoever starts it closes it.
 */
final class TunnelForwarder implements AutoCloseable {
  static final Logger log = LoggerFactory.getLogger(TunnelForwarder.class);

  /** Not getLoopbackAddress(), which may be IPv6, and tunnels are named by this address. */
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private static final int BACKLOG = 512;
  private static final int SCRATCH_BYTES = 256 * 1024;
  private static final long ACCEPT_REST_NANOS = 100_000_000;

  private final Selector selector;
  private final Thread thread;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  /** Ports that accept nothing for a while; of the forwarder's thread alone. */
  private final Set<SelectionKey> resting = new HashSet<>();

  /** One sandbox's port. */
  final class Tunnel implements AutoCloseable {
    private final ServerSocketChannel server;
    private final UnixDomainSocketAddress target;
    private final int port;

    /** Of the forwarder's thread alone. */
    private final Set<ForwardedPair> pairs = new HashSet<>();

    /** Whether a refusal was told of; this and the next two are of the forwarder's thread alone. */
    private boolean warned;

    private @Nullable IOException refusal;
    private long restUntilNanos;

    private Tunnel(Path socket) throws IOException {
      target = UnixDomainSocketAddress.of(socket);
      server = ServerSocketChannel.open(StandardProtocolFamily.INET);
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

    private void accept(SelectionKey key) {
      try {
        for (SocketChannel client = server.accept(); client != null; client = server.accept()) {
          connect(client);
        }
      } catch (ClosedChannelException e) {
        log.debug("port {} accepts no more", port, e);
        return;
      } catch (IOException e) {
        // Out of descriptors: the connection stays pending, and would be told of without a pause.
        // Nothing is logged before they are back: even that may want one.
        refusal = e;
        key.interestOps(0);
        restUntilNanos = System.nanoTime() + ACCEPT_REST_NANOS;
        resting.add(key);
        return;
      }
      if (refusal != null && !warned) {
        warned = true;
        log.warn("port {} could not accept connections for a while: {}", port, refusal.toString());
      }
      refusal = null;
    }

    private void connect(SocketChannel client) {
      SocketChannel agent = null;
      try {
        client.configureBlocking(false);
        client.setOption(StandardSocketOptions.TCP_NODELAY, true);
        agent = SocketChannel.open(StandardProtocolFamily.UNIX);
        agent.configureBlocking(false);
        boolean connected = agent.connect(target);
        ForwardedPair[] self = new ForwardedPair[1];
        self[0] =
            new ForwardedPair(selector, client, agent, connected, () -> pairs.remove(self[0]));
        pairs.add(self[0]);
      } catch (IOException | RuntimeException | OutOfMemoryError e) {
        // No agent there (any more): the client sees its connection closed and asks why elsewhere.
        log.debug("no connection to {}", target, e);
        ForwardedPair.closeQuietly(client);
        if (agent != null) {
          ForwardedPair.closeQuietly(agent);
        }
      }
    }

    /** Closes the port and its connections, soon. */
    @Override
    public void close() {
      submit(
          () -> {
            ForwardedPair.closeQuietly(server);
            Set.copyOf(pairs).forEach(ForwardedPair::close);
          });
    }
  }

  private TunnelForwarder() throws IOException {
    selector = Selector.open();
    thread = new Thread(this::run, "tunnel-forwarder");
    thread.setDaemon(true);
  }

  static TunnelForwarder start() throws IOException {
    TunnelForwarder forwarder = new TunnelForwarder();
    forwarder.thread.start();
    return forwarder;
  }

  /**
   * Opens a port for the agent that listens on this socket.
   *
   * @param socket in a folder that the sandbox can write to
   * @param pin where the sandbox cannot reach, on the same file system: gets a second name of the
   *     socket, and every connection goes by that one. Code that shares the agent's uid could put
   *     another socket, or a link to any of this machine's, in place of the first.
   * @throws IOException when there is no socket, or the port cannot be had
   */
  Tunnel open(Path socket, Path pin) throws IOException {
    Files.createLink(pin, socket);
    if (!Files.readAttributes(pin, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther()) {
      throw new IOException(socket + " is no socket");
    }
    Tunnel tunnel = new Tunnel(pin);
    submit(
        () -> {
          try {
            tunnel.server.register(selector, SelectionKey.OP_ACCEPT, tunnel);
          } catch (IOException e) {
            log.warn("port {} cannot be served", tunnel.port, e);
          }
        });
    if (!thread.isAlive()) { // its end closes only what was registered before
      ForwardedPair.closeQuietly(tunnel.server);
      throw new IOException("the forwarder has ended; no port can be served any more");
    }
    return tunnel;
  }

  /** For tests: whose time shows whether it rests. */
  long threadId() {
    return thread.getId();
  }

  /** Runs the task on the forwarder's thread. */
  void submit(Runnable task) {
    tasks.add(task);
    selector.wakeup();
  }

  private void run() {
    ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH_BYTES);
    try {
      while (!closed) {
        awaitWork();
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          runGuarded(task);
        }
        for (SelectionKey key : selector.selectedKeys()) {
          if (key.attachment() instanceof ForwardedPair pair) {
            if (key.isValid()) {
              pair.ready(key, scratch);
            }
          } else if (key.attachment() instanceof Tunnel tunnel && key.isValid()) {
            runGuarded(() -> tunnel.accept(key));
          }
        }
        selector.selectedKeys().clear();
      }
    } catch (IOException | RuntimeException | Error e) {
      log.error("the forwarder stopped; all sandboxes behind it are lost", e);
    } finally {
      closeAll();
    }
  }

  /** What goes wrong with one tunnel must not end all of them. */
  private static void runGuarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | OutOfMemoryError e) {
      log.warn("the forwarder goes on after {}", e.toString());
    }
  }

  private void awaitWork() throws IOException {
    if (resting.isEmpty()) {
      selector.select();
      return;
    }
    selector.select(ACCEPT_REST_NANOS / 1_000_000);
    long now = System.nanoTime();
    resting.removeIf(key -> wake(key, now));
  }

  /** Whether the port's rest is over. */
  private static boolean wake(SelectionKey key, long now) {
    if (!key.isValid()) {
      return true;
    }
    if (!(key.attachment() instanceof Tunnel tunnel) || now - tunnel.restUntilNanos < 0) {
      return false;
    }
    key.interestOps(SelectionKey.OP_ACCEPT);
    return true;
  }

  private void closeAll() {
    for (SelectionKey key : Set.copyOf(selector.keys())) {
      ForwardedPair.closeQuietly(key.channel());
    }
    try {
      selector.close();
    } catch (IOException e) {
      log.debug("closing the selector failed", e);
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
