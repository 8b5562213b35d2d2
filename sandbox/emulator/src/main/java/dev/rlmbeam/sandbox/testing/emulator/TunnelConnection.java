package dev.rlmbeam.sandbox.testing.emulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection through a tunnel: bytes from the client take the tunnel's latency, are unpacked
 * and go to the program, and the same back. What one side does not take yet stops the other from
 * being read. Of the tunnels' thread alone.
 */
final class TunnelConnection {
  private static final Logger log = LoggerFactory.getLogger(TunnelConnection.class);

  /** On the way in one direction; more than a fast line holds in the longest latency. */
  private static final long MAX_BYTES = 8L * 1024 * 1024;

  private static final long HANDSHAKE_NANOS = Duration.ofSeconds(30).toNanos();
  private static final long LINGER_NANOS = Duration.ofSeconds(2).toNanos();
  private static final byte[] LOOPBACK = {127, 0, 0, 1};
  private static final byte[] BAD_GATEWAY =
      "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final TunnelTarget target;
  private final Selector selector;
  private final SocketChannel client;
  private final SelectionKey clientKey;
  private final Wire wire;
  private final DelayLine up = new DelayLine();
  private final DelayLine down = new DelayLine();
  private final ArrayDeque<ByteBuffer> toProgram = new ArrayDeque<>();
  private final ConnectionFault fault;
  private final long openedNanos = System.nanoTime();
  private @Nullable SocketChannel program;
  private @Nullable SelectionKey programKey;
  private boolean clientInputOver;
  private boolean programInputOver;
  private boolean programOutputOver;
  private boolean finished;
  private boolean stalled;
  private boolean closed;

  /** Up to when everything that has arrived was looked at. */
  private long passedNanos = openedNanos;

  /** Until when a connection that is done waits for its client to close it; 0 before that. */
  private long lingerNanos;

  TunnelConnection(TunnelTarget target, Selector selector, SocketChannel client, Wire wire)
      throws IOException {
    this.target = target;
    this.selector = selector;
    this.client = client;
    this.wire = wire;
    client.configureBlocking(false);
    client.setOption(StandardSocketOptions.TCP_NODELAY, true);
    clientKey = client.register(selector, SelectionKey.OP_READ, this);
    fault = new ConnectionFault(target, openedNanos);
    target.connected();
  }

  boolean closed() {
    return closed;
  }

  /** Does whatever can be done now; closes both sides when something fails. */
  void advance(@Nullable SelectionKey key, ByteBuffer scratch, long now) {
    if (closed) {
      return;
    }
    passedNanos = now;
    try {
      strike(now);
      if (!closed && key != null && key.isValid()) {
        read(key, scratch, now);
      }
      if (!closed) {
        pass(now);
      }
      if (!closed) {
        settle(now);
      }
    } catch (IOException | RuntimeException e) {
      // A client that does not speak TLS, or a side that is gone.
      log.debug("a connection to port {} broke off", target.hostPort(), e);
      close();
    }
  }

  private void strike(long now) throws IOException {
    if (!wire.ready() && now - openedNanos > HANDSHAKE_NANOS) {
      close();
    } else if (fault.drops(now)) {
      fault.strike();
      client.setOption(StandardSocketOptions.SO_LINGER, 0); // the client sees a reset
      close();
    } else if (fault.stalls(now) && wire.ready()) {
      fault.strike();
      stalled = true;
    }
  }

  private void read(SelectionKey key, ByteBuffer scratch, long now) throws IOException {
    if (key == programKey && program != null) {
      if (key.isConnectable()) {
        program.finishConnect();
      }
      if (key.isReadable()) {
        scratch.clear();
        int n = program.read(scratch);
        if (n < 0) {
          programInputOver = true;
        } else if (!finished) {
          wire.send(scratch.flip(), raw -> down.add(raw, due(now)));
        }
      }
    } else if (key == clientKey && key.isReadable()) {
      scratch.clear();
      int n = client.read(scratch);
      if (n < 0) {
        clientInputOver = true;
        up.end(due(now));
      } else if (!stalled && lingerNanos == 0) {
        up.add(Wire.copy(scratch.flip()), due(now));
      }
    }
  }

  private long due(long now) {
    return now + target.latency().toNanos();
  }

  private void pass(long now) throws IOException {
    if (!stalled) {
      for (ByteBuffer raw = up.arrived(now); raw != null; raw = up.arrived(now)) {
        int count = raw.remaining();
        wire.received(raw, this::fromClient, answer -> down.add(answer, due(now)));
        raw.position(raw.limit());
        up.taken(count);
      }
    }
    if (wire.ready() && program == null && !stalled && !fault.answersBadGateway()) {
      connect();
    }
    SocketChannel to = program;
    if (to != null && to.isConnected()) {
      while (!toProgram.isEmpty()) {
        to.write(toProgram.element());
        if (toProgram.element().hasRemaining()) {
          break;
        }
        toProgram.remove();
      }
      boolean over = wire.inputEnded() || up.endArrived(now);
      if (toProgram.isEmpty() && over && !programOutputOver) {
        programOutputOver = true;
        to.shutdownOutput();
      }
    }
    if (programInputOver && !finished) {
      finish(now);
    }
    for (ByteBuffer raw = down.arrived(now); raw != null && !stalled; raw = down.arrived(now)) {
      int count = client.write(raw);
      down.taken(count);
      if (raw.hasRemaining()) {
        break;
      }
    }
  }

  private void fromClient(ByteBuffer plain) {
    if (!fault.answersBadGateway()) {
      toProgram.add(plain);
    } else if (!finished) {
      fault.strike();
      long now = System.nanoTime();
      try {
        wire.send(ByteBuffer.wrap(BAD_GATEWAY), raw -> down.add(raw, due(now)));
        finish(now);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void finish(long now) throws IOException {
    finished = true;
    wire.finish(raw -> down.add(raw, due(now)));
    down.end(due(now));
  }

  private void connect() throws IOException {
    SocketChannel channel = SocketChannel.open();
    program = channel;
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.connect(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), target.hostPort()));
    programKey = channel.register(selector, 0, this);
  }

  /** Closes what is done, and says what is waited for. */
  private void settle(long now) throws IOException {
    boolean programGone = programInputOver || fault.answersBadGateway();
    if (finished && down.endArrived(now) && programGone && lingerNanos == 0) {
      // Not closed yet: what the client still sends would be answered with a reset, which takes
      // what was sent to it away.
      client.shutdownOutput();
      lingerNanos = now + LINGER_NANOS;
    }
    boolean nobodyListens = program == null && up.endArrived(now);
    boolean lingered = lingerNanos != 0 && (clientInputOver || now - lingerNanos > 0);
    if (nobodyListens || lingered || (stalled && clientInputOver)) {
      close();
      return;
    }
    int ofClient = 0;
    boolean room = up.bytes() + waiting() < MAX_BYTES;
    if (!clientInputOver && (stalled || lingerNanos != 0 || room)) {
      ofClient |= SelectionKey.OP_READ;
    }
    if (!stalled && lingerNanos == 0 && down.arrived(now) != null) {
      ofClient |= SelectionKey.OP_WRITE;
    }
    clientKey.interestOps(ofClient);
    if (programKey != null && program != null) {
      programKey.interestOps(ofProgram(program));
    }
  }

  private int ofProgram(SocketChannel channel) {
    if (!channel.isConnected()) {
      return SelectionKey.OP_CONNECT;
    }
    int wanted = 0;
    if (!programInputOver && !stalled && down.bytes() < MAX_BYTES) {
      wanted |= SelectionKey.OP_READ;
    }
    if (!toProgram.isEmpty()) {
      wanted |= SelectionKey.OP_WRITE;
    }
    return wanted;
  }

  private long waiting() {
    long sum = 0;
    for (ByteBuffer piece : toProgram) {
      sum += piece.remaining();
    }
    return sum;
  }

  /** When it has to be looked at again though no side has moved; far away if never. */
  long nextNanos(long now) {
    long next = now + Duration.ofHours(1).toNanos();
    if (!wire.ready()) {
      next = Math.min(next, openedNanos + HANDSHAKE_NANOS + 1);
    }
    if (lingerNanos != 0) {
      next = Math.min(next, lingerNanos + 1);
    }
    next = fault.nextNanos(passedNanos, next);
    if (!stalled) {
      long inUp = up.nextNanos().orElse(next);
      long inDown = down.nextNanos().orElse(next);
      next = Math.min(next, inUp - passedNanos > 0 ? inUp : next);
      next = Math.min(next, inDown - passedNanos > 0 ? inDown : next);
    }
    return next;
  }

  void close() {
    if (closed) {
      return;
    }
    closed = true;
    TunnelServer.closeQuietly(client);
    if (program != null) {
      TunnelServer.closeQuietly(program);
    }
    target.disconnected();
  }
}
