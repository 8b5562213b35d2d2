package dev.rlmbeam.transforms.model.testing;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One client of a {@link ModelServer}. Only the server's thread touches it. */
final class ServerConnection {
  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final SocketChannel channel;
  private final SelectionKey key;
  private final HttpRequestReader requests = new HttpRequestReader();
  private ByteBuffer out = ByteBuffer.allocate(0);
  private Runnable whenWritten = () -> {};
  private boolean answering;

  ServerConnection(SocketChannel channel, SelectionKey key) {
    this.channel = channel;
    this.key = key;
  }

  HttpRequestReader requests() {
    return requests;
  }

  /** True from a whole request to the end of its reply. */
  boolean answering() {
    return answering;
  }

  void answering(boolean now) {
    answering = now;
  }

  /**
   * Takes in what has come; false when the client is gone.
   *
   * @throws IllegalArgumentException when what came is no HTTP
   */
  boolean read(byte[] buffer) {
    try {
      int count;
      do {
        count = channel.read(ByteBuffer.wrap(buffer));
        if (count > 0) {
          requests.add(buffer, count);
        }
      } while (count == buffer.length);
      if (count > 0 && requests.expectsContinue()) {
        write(() -> {}, CONTINUE);
      }
      return count >= 0;
    } catch (IOException e) {
      // A client that cancels resets the connection, which is an end like any other.
      return false;
    }
  }

  /** Sends the parts, then runs the task; not when the client goes away before. */
  void write(Runnable then, byte[]... parts) {
    int size = out.remaining();
    for (byte[] part : parts) {
      size += part.length;
    }
    ByteBuffer joined = ByteBuffer.allocate(size).put(out);
    for (byte[] part : parts) {
      joined.put(part);
    }
    out = joined.flip();
    whenWritten = then;
    flush();
  }

  /** Sends what waits, as far as the socket takes it. */
  void flush() {
    try {
      channel.write(out);
    } catch (IOException e) {
      // The end of the client shows at the next read, where its call is taken off the count.
      return;
    }
    if (out.hasRemaining()) {
      key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
      return;
    }
    key.interestOps(SelectionKey.OP_READ);
    Runnable then = whenWritten;
    whenWritten = () -> {};
    then.run();
  }

  boolean open() {
    return channel.isOpen();
  }

  void close(boolean reset) {
    try {
      if (reset) {
        // With a linger of 0 the system sends a reset instead of an orderly end.
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      }
      channel.close();
    } catch (IOException e) {
      // It is gone either way.
      key.cancel();
    }
  }
}
