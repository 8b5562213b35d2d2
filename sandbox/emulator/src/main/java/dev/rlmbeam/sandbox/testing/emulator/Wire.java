package dev.rlmbeam.sandbox.testing.emulator;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** What a tunnel speaks with its client: TLS, or nothing at all. Of one thread. */
interface Wire {
  /**
   * Takes what the client has sent.
   *
   * @param plain gets what is in it
   * @param raw gets what is to be sent back at once
   */
  void received(ByteBuffer bytes, Consumer<ByteBuffer> plain, Consumer<ByteBuffer> raw)
      throws IOException;

  /** Packs what is to be sent to the client. */
  void send(ByteBuffer plain, Consumer<ByteBuffer> raw) throws IOException;

  /** Says that nothing more will be sent. */
  void finish(Consumer<ByteBuffer> raw) throws IOException;

  /** Whether both know each other, so that something can be sent. */
  boolean ready();

  /** Whether the client has said that it sends no more. */
  boolean inputEnded();

  /** Bytes as they are. */
  final class Plain implements Wire {
    @Override
    public void received(ByteBuffer bytes, Consumer<ByteBuffer> plain, Consumer<ByteBuffer> raw) {
      plain.accept(copy(bytes));
    }

    @Override
    public void send(ByteBuffer plain, Consumer<ByteBuffer> raw) {
      raw.accept(copy(plain));
    }

    @Override
    public void finish(Consumer<ByteBuffer> raw) {}

    @Override
    public boolean ready() {
      return true;
    }

    @Override
    public boolean inputEnded() {
      return false;
    }
  }

  /** Of what the buffer holds, which is empty then. */
  static ByteBuffer copy(ByteBuffer bytes) {
    return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
  }
}
