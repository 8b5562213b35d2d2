package dev.rlmbeam.sandbox.testing.emulator;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** The server's side of TLS, without a socket. Of one thread. */
final class TlsWire implements Wire {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SSLEngine engine;
  private ByteBuffer received = ByteBuffer.allocate(32 * 1024);
  private boolean ready;
  private boolean inputEnded;

  /**
   * A new conversation.
   *
   * @param http2 whether HTTP/2 is offered
   */
  TlsWire(SSLContext context, boolean http2) throws SSLException {
    engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    if (http2) {
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
      engine.setSSLParameters(parameters);
    }
    engine.beginHandshake();
  }

  @Override
  public void received(ByteBuffer bytes, Consumer<ByteBuffer> plain, Consumer<ByteBuffer> raw)
      throws IOException {
    append(bytes);
    while (!inputEnded) {
      HandshakeStatus status = engine.getHandshakeStatus();
      if (status == HandshakeStatus.NEED_TASK) {
        runTasks();
      } else if (status == HandshakeStatus.NEED_WRAP) {
        wrap(NOTHING, raw);
      } else if (!unwrap(plain)) {
        break;
      }
    }
    while (inputEnded && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      wrap(NOTHING, raw);
    }
  }

  private void append(ByteBuffer bytes) {
    if (received.remaining() < bytes.remaining()) {
      ByteBuffer larger = ByteBuffer.allocate(received.position() + 2 * bytes.remaining());
      received = larger.put(received.flip());
    }
    received.put(bytes);
  }

  /** Whether there may be more. */
  private boolean unwrap(Consumer<ByteBuffer> plain) throws SSLException {
    if (received.position() == 0) {
      return false;
    }
    ByteBuffer out = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
    received.flip();
    SSLEngineResult result;
    try {
      result = engine.unwrap(received, out);
    } finally {
      received.compact();
    }
    note(result);
    if (out.position() > 0) {
      plain.accept(out.flip());
    }
    return switch (result.getStatus()) {
      case BUFFER_UNDERFLOW -> false;
      case BUFFER_OVERFLOW -> true; // the session knows its size by now
      case CLOSED -> {
        inputEnded = true;
        yield false;
      }
      case OK -> true;
    };
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  private void note(SSLEngineResult result) {
    ready |=
        result.getHandshakeStatus() == HandshakeStatus.FINISHED
            || engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
  }

  private SSLEngineResult wrap(ByteBuffer plain, Consumer<ByteBuffer> raw) throws SSLException {
    ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    SSLEngineResult result = engine.wrap(plain, out);
    note(result);
    if (out.position() > 0) {
      raw.accept(out.flip());
    } else if (result.getStatus() != SSLEngineResult.Status.CLOSED && plain.hasRemaining()) {
      throw new SSLException("nothing can be sent: " + result);
    }
    return result;
  }

  @Override
  public void send(ByteBuffer plain, Consumer<ByteBuffer> raw) throws IOException {
    while (plain.hasRemaining()) {
      if (wrap(plain, raw).getStatus() == SSLEngineResult.Status.CLOSED) {
        throw new SSLException("the client has closed");
      }
    }
  }

  @Override
  public void finish(Consumer<ByteBuffer> raw) throws IOException {
    engine.closeOutbound();
    while (!engine.isOutboundDone()) {
      if (wrap(NOTHING, raw).bytesProduced() == 0) {
        return;
      }
    }
  }

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public boolean inputEnded() {
    return inputEnded;
  }
}
