package dev.rlmbeam.pipelines.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A way to a server of this machine that is far: each byte arrives so much later, in both
 * directions, and a new connection costs the round trip of its handshake. Thread-safe; has two
 * threads of its own, which end when it is closed.
 */
final class DelayProxy implements AutoCloseable {
  private static final long FULL_SOCKET_NANOS = 100_000;

  /** Bytes on their way, or the end of a stream when there are none. */
  private static final class Piece implements Delayed {
    private final SocketChannel to;
    private final ByteBuffer bytes;
    private final long dueNanos;
    private final long order;

    Piece(SocketChannel to, ByteBuffer bytes, long dueNanos, long order) {
      this.to = to;
      this.bytes = bytes;
      this.dueNanos = dueNanos;
      this.order = order;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(dueNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      Piece piece = (Piece) other;
      int byTime = Long.compare(dueNanos - piece.dueNanos, 0);
      return byTime != 0 ? byTime : Long.compare(order, piece.order);
    }
  }

  /** One direction of a connection; nothing of it arrives before {@code openNanos}. */
  private record Direction(SocketChannel from, SocketChannel to, long openNanos) {}

  private final InetSocketAddress target;
  private final long delayNanos;
  private final Selector selector;
  private final ServerSocketChannel listener;
  private final DelayQueue<Piece> onTheWay = new DelayQueue<>();
  private final AtomicLong pieces = new AtomicLong();
  private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
  private final Thread receiver;
  private final Thread sender;
  private volatile boolean closed;

  private DelayProxy(URI target, Duration delay) throws IOException {
    this.target = new InetSocketAddress(target.getHost(), target.getPort());
    delayNanos = delay.toNanos();
    selector = Selector.open();
    listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
    listener.configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
    receiver = thread("delay-proxy-receive", this::receive);
    sender = thread("delay-proxy-send", this::send);
  }

  private static Thread thread(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** A proxy to this server, with this delay each way. */
  static DelayProxy to(URI target, Duration delay) {
    try {
      DelayProxy proxy = new DelayProxy(target, delay);
      proxy.receiver.start();
      proxy.sender.start();
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException("no proxy to " + target + " could be opened", e);
    }
  }

  /** Where it listens. */
  URI uri() {
    return URI.create("http://127.0.0.1:" + listener.socket().getLocalPort());
  }

  private void receive() {
    try {
      while (!closed) {
        selector.select(this::ready);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the proxy to " + target + " failed", e);
    } finally {
      selector.keys().forEach(key -> close(key.channel()));
      close(selector);
    }
  }

  private void ready(SelectionKey key) {
    try {
      if (key.isAcceptable()) {
        accept();
      } else {
        read(key, (Direction) key.attachment());
      }
    } catch (IOException e) {
      // One connection is broken, as connections can be; both of its ends are told.
      if (key.attachment() instanceof Direction direction) {
        close(direction.from());
        close(direction.to());
      }
    }
  }

  private void accept() throws IOException {
    SocketChannel client = listener.accept();
    if (client == null) {
      return;
    }
    try {
      SocketChannel server = SocketChannel.open(target);
      long now = System.nanoTime();
      carry(new Direction(client, server, now + 3 * delayNanos));
      carry(new Direction(server, client, now));
    } catch (IOException e) {
      // The server is gone: the client sees a connection that ends at once.
      close(client);
    }
  }

  private void carry(Direction direction) throws IOException {
    direction.from().setOption(StandardSocketOptions.TCP_NODELAY, true);
    direction.from().configureBlocking(false);
    direction.from().register(selector, SelectionKey.OP_READ, direction);
  }

  private void read(SelectionKey key, Direction direction) throws IOException {
    buffer.clear();
    int count = direction.from().read(buffer);
    ByteBuffer copy = ByteBuffer.allocate(Math.max(count, 0));
    copy.put(buffer.flip()).flip();
    if (count < 0) {
      key.cancel();
    }
    long dueNanos = System.nanoTime() + delayNanos;
    if (dueNanos - direction.openNanos() < 0) {
      dueNanos = direction.openNanos();
    }
    onTheWay.put(new Piece(direction.to(), copy, dueNanos, pieces.incrementAndGet()));
  }

  private void send() {
    try {
      while (!closed) {
        deliver(onTheWay.take());
      }
    } catch (InterruptedException e) {
      // Closed: what is still on the way never arrives.
      Thread.currentThread().interrupt();
    }
  }

  private void deliver(Piece piece) {
    try {
      if (!piece.bytes.hasRemaining()) {
        piece.to.shutdownOutput();
      }
      while (piece.bytes.hasRemaining() && !closed) {
        if (piece.to.write(piece.bytes) == 0) {
          // A slow reader holds up all others too; what is measured here is small.
          LockSupport.parkNanos(FULL_SOCKET_NANOS);
        }
      }
    } catch (ClosedChannelException e) {
      // The other end has hung up; there is nobody to tell.
    } catch (IOException e) {
      close(piece.to);
    }
  }

  private static void close(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      // As good as closed.
    }
  }

  /** Ends every connection and both threads. */
  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    sender.interrupt();
    boolean interrupted = false;
    for (Thread thread : new Thread[] {receiver, sender}) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          // Both end at once: the interrupt is kept for the caller.
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
