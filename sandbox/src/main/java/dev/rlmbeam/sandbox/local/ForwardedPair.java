package dev.rlmbeam.sandbox.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * Two connections whose bytes go over to each other. What one side does not take yet stops the
 * other from being read; the end of one side's bytes is passed on while the other's go on. Of the
 * forwarder's thread alone.
 */
final class ForwardedPair {
  private static final int READS_IN_A_ROW = 4;

  /** One of the two connections. */
  private static final class End {
    final SocketChannel channel;
    final SelectionKey key;
    boolean inputEnded;
    boolean outputEnded;

    /** What came from the other end and is not written to this one yet. */
    @Nullable ByteBuffer unwritten;

    End(SocketChannel channel, SelectionKey key) {
      this.channel = channel;
      this.key = key;
    }

    void want(int operation, boolean wanted) {
      key.interestOps(wanted ? key.interestOps() | operation : key.interestOps() & ~operation);
    }
  }

  private final Runnable onClosed;
  private final End client;
  private final End agent;

  /**
   * Takes over two non-blocking channels.
   *
   * @param connected whether the agent's has a connection already
   */
  ForwardedPair(
      Selector selector,
      SocketChannel clientChannel,
      SocketChannel agentChannel,
      boolean connected,
      Runnable onClosed)
      throws IOException {
    this.onClosed = onClosed;
    client = new End(clientChannel, clientChannel.register(selector, 0, this));
    agent = new End(agentChannel, agentChannel.register(selector, 0, this));
    if (connected) {
      start();
    } else {
      agent.want(SelectionKey.OP_CONNECT, true);
    }
  }

  private void start() {
    agent.key.interestOps(SelectionKey.OP_READ);
    client.key.interestOps(SelectionKey.OP_READ);
  }

  /** Moves what can be moved; closes both when one fails or both are done. */
  void ready(SelectionKey key, ByteBuffer scratch) {
    End end = key == client.key ? client : agent;
    End other = end == client ? agent : client;
    try {
      if (key.isConnectable() && agent.channel.finishConnect()) {
        start();
      }
      if (key.isValid() && key.isWritable()) {
        flush(end, other);
      }
      if (key.isValid() && key.isReadable()) {
        move(end, other, scratch);
      }
      if (client.outputEnded && agent.outputEnded) {
        close();
      }
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      // Whatever it is, it concerns this pair alone. Nothing is logged: that may want memory, too.
      close(); // both sides see a broken connection, as they would without us
    }
  }

  private static void move(End from, End to, ByteBuffer scratch) throws IOException {
    for (int i = 0; i < READS_IN_A_ROW; i++) {
      scratch.clear();
      int n = from.channel.read(scratch);
      if (n < 0) {
        from.inputEnded = true;
        from.want(SelectionKey.OP_READ, false);
        endOutputOnceWritten(to);
        return;
      }
      if (n == 0) {
        return;
      }
      scratch.flip();
      to.channel.write(scratch);
      if (scratch.hasRemaining()) {
        to.unwritten = ByteBuffer.allocate(scratch.remaining()).put(scratch).flip();
        to.want(SelectionKey.OP_WRITE, true);
        from.want(SelectionKey.OP_READ, false);
        return;
      }
      if (n < scratch.capacity()) {
        return;
      }
    }
  }

  private static void flush(End end, End other) throws IOException {
    ByteBuffer unwritten = end.unwritten;
    if (unwritten != null) {
      end.channel.write(unwritten);
      if (unwritten.hasRemaining()) {
        return;
      }
      end.unwritten = null;
    }
    end.want(SelectionKey.OP_WRITE, false);
    if (other.inputEnded) {
      endOutputOnceWritten(end);
    } else {
      other.want(SelectionKey.OP_READ, true);
    }
  }

  private static void endOutputOnceWritten(End end) throws IOException {
    if (end.unwritten == null && !end.outputEnded) {
      end.outputEnded = true;
      end.channel.shutdownOutput();
    }
  }

  void close() {
    closeQuietly(client.channel);
    closeQuietly(agent.channel);
    onClosed.run();
  }

  static void closeQuietly(java.nio.channels.Channel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      TunnelForwarder.log.debug("closing {} failed", channel, e);
    }
  }
}
