package dev.rlmbeam.pipelines.bench;

import static com.google.common.truth.Truth.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A proxy before a server that sends back what it gets. */
@Timeout(60)
class DelayProxyTest {
  private static final Duration DELAY = Duration.ofMillis(30);
  private static final long DELAY_NANOS = DELAY.toNanos();

  private ServerSocket server;
  private DelayProxy proxy;

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread echo = new Thread(this::echoAll, "echo");
    echo.setDaemon(true);
    echo.start();
    proxy = DelayProxy.to(URI.create("http://127.0.0.1:" + server.getLocalPort()), DELAY);
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    server.close();

    assertThat(
            Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("delay-proxy")))
        .isEmpty();
  }

  private void echoAll() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        socket.setTcpNoDelay(true);
        socket.getInputStream().transferTo(socket.getOutputStream());
      } catch (IOException e) {
        assertThat(e).isNotNull(); // the client has gone, or the test is over
      }
    }
  }

  private Socket connect() throws IOException {
    return ready(new Socket(proxy.uri().getHost(), proxy.uri().getPort()));
  }

  /** No read waits for ever: JUnit's timeout cannot end one. */
  private static Socket ready(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static long roundTripNanos(Socket socket) throws IOException {
    long start = System.nanoTime();
    socket.getOutputStream().write('x');
    assertThat(socket.getInputStream().read()).isEqualTo('x');
    return System.nanoTime() - start;
  }

  @Test
  void delaysEachWay() throws IOException {
    try (Socket socket = connect()) {
      roundTripNanos(socket);
      long least = Long.MAX_VALUE;
      for (int i = 0; i < 10; i++) {
        long nanos = roundTripNanos(socket);
        assertThat(nanos).isAtLeast(2 * DELAY_NANOS);
        least = Math.min(least, nanos);
      }

      // Of ten, one comes through without a third delay, however busy the machine is.
      assertThat(least).isLessThan(3 * DELAY_NANOS);
    }
  }

  @Test
  void takesARoundTripForANewConnection() throws IOException {
    try (Socket socket = connect()) {
      assertThat(roundTripNanos(socket)).isAtLeast(4 * DELAY_NANOS - DELAY_NANOS / 10);
    }
  }

  @Test
  void carriesEveryByteInOrderAndTheEnd() throws Exception {
    byte[] sent = new byte[5_000_000];
    new Random(1).nextBytes(sent);
    try (Socket socket = connect()) {
      CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(socket, sent));
      InputStream in = socket.getInputStream();

      assertThat(in.readAllBytes()).isEqualTo(sent);
      sending.get();
    }
  }

  private static void send(Socket socket, byte[] bytes) {
    try {
      OutputStream out = socket.getOutputStream();
      out.write(bytes);
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void hangsUpWhenTheServerIsGone() throws IOException {
    try (DelayProxy toNobody = DelayProxy.to(unusedPort(), DELAY);
        Socket socket =
            ready(new Socket(InetAddress.getLoopbackAddress(), toNobody.uri().getPort()))) {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  /** Of a socket that nobody waits at: one that is closed under an accept may still take a call. */
  private static URI unusedPort() throws IOException {
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return URI.create("http://127.0.0.1:" + gone.getLocalPort());
    }
  }
}
