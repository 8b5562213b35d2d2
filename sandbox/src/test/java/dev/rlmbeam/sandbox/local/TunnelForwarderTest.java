package dev.rlmbeam.sandbox.local;

import static com.google.common.truth.Truth.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.fixtures.Leftovers;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class TunnelForwarderTest {
  private static final int MANY_BYTES = 64 * 1024 * 1024;

  @TempDir private Path folder;
  private TunnelForwarder forwarder;
  private ServerSocketChannel agent;
  private TunnelForwarder.Tunnel tunnel;

  @BeforeEach
  void open() throws Exception {
    Path socket = folder.resolve("agent.sock");
    agent = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    agent.bind(UnixDomainSocketAddress.of(socket));
    forwarder = TunnelForwarder.start();
    tunnel = forwarder.open(socket, folder.resolve("pin"));
  }

  @AfterEach
  void close() throws Exception {
    forwarder.close();
    agent.close();
    assertThat(Leftovers.threads()).isEmpty();
  }

  /** A channel and no socket: the test's timeout can interrupt what waits for it. */
  private SocketChannel connect() throws Exception {
    return SocketChannel.open(
        new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), tunnel.port()));
  }

  @Test
  void passesOneSidesEndOnWhileTheOtherGoesOn() throws Exception {
    try (SocketChannel client = connect();
        SocketChannel served = agent.accept()) {
      client.write(ByteBuffer.wrap("question".getBytes(UTF_8)));
      client.shutdownOutput();

      byte[] question = Channels.newInputStream(served).readAllBytes();
      served.write(ByteBuffer.wrap("answer".getBytes(UTF_8)));
      served.close();

      assertThat(new String(question, UTF_8)).isEqualTo("question");
      assertThat(new String(Channels.newInputStream(client).readAllBytes(), UTF_8))
          .isEqualTo("answer");
    }
  }

  @Test
  void keepsEveryByteWhenTheReaderIsSlow() throws Exception {
    byte[] piece = new byte[100_003];
    for (int i = 0; i < piece.length; i++) {
      piece[i] = (byte) (i * 31 + i / 257);
    }
    CountDownLatch read = new CountDownLatch(1);
    CompletableFuture<byte[]> received =
        CompletableFuture.supplyAsync(
            () -> {
              try (SocketChannel served = agent.accept()) {
                // Behind the writer from the start: the buffers on the way fill up.
                read.await();
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                InputStream in = Channels.newInputStream(served);
                byte[] buffer = new byte[70_001];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                  digest.update(buffer, 0, n);
                }
                return digest.digest();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    MessageDigest sent = MessageDigest.getInstance("SHA-256");
    try (SocketChannel client = connect()) {
      OutputStream out = Channels.newOutputStream(client);
      for (int written = 0; written < MANY_BYTES; written += piece.length) {
        out.write(piece);
        sent.update(piece);
        if (written > 1024 * 1024) {
          read.countDown();
        }
      }
      client.shutdownOutput();

      assertThat(received.get(20, TimeUnit.SECONDS)).isEqualTo(sent.digest());
    }
  }

  @Test
  void closesAConnectionToAnAgentThatIsGone() throws Exception {
    agent.close();
    Files.delete(folder.resolve("agent.sock"));

    try (SocketChannel client = connect()) {
      assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
  }

  @Test
  void reachesItsAgentWhateverTakesThePlaceOfTheSocket() throws Exception {
    Path socket = folder.resolve("agent.sock");
    Path trap = folder.resolve("trap.sock");
    Files.delete(socket);
    Files.createSymbolicLink(socket, trap);
    try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(trap));
      other.configureBlocking(false);

      try (SocketChannel client = connect();
          SocketChannel served = agent.accept()) {
        client.write(ByteBuffer.wrap(new byte[] {7}));

        assertThat(served.read(ByteBuffer.allocate(1))).isEqualTo(1);
        assertThat(other.accept()).isNull();
      }
    }
  }

  @Test
  void opensNoPortForALink() throws Exception {
    Path link = folder.resolve("link.sock");
    Files.createSymbolicLink(link, folder.resolve("agent.sock"));

    IOException e =
        assertThrows(IOException.class, () -> forwarder.open(link, folder.resolve("pin2")));

    assertThat(e).hasMessageThat().contains("is no socket");
  }

  @Test
  void goesOnWhenSomethingOfOneTunnelFails() throws Exception {
    forwarder.submit(
        () -> {
          throw new IllegalStateException("one tunnel's own trouble");
        });

    try (SocketChannel client = connect();
        SocketChannel served = agent.accept()) {
      client.write(ByteBuffer.wrap(new byte[] {7}));

      assertThat(served.read(ByteBuffer.allocate(1))).isEqualTo(1);
    }
  }

  @Test
  void opensNoPortThatNobodyWouldServe() {
    forwarder.close();

    IOException e =
        assertThrows(
            IOException.class,
            () -> forwarder.open(folder.resolve("agent.sock"), folder.resolve("pin2")));

    assertThat(e).hasMessageThat().contains("the forwarder has ended");
  }

  @Test
  void aBrokenConnectionBreaksNoOther() throws Exception {
    try (SocketChannel first = connect();
        SocketChannel firstServed = agent.accept();
        SocketChannel second = connect();
        SocketChannel secondServed = agent.accept()) {
      first.setOption(StandardSocketOptions.SO_LINGER, 0);
      first.close();
      assertThat(firstServed.read(ByteBuffer.allocate(1))).isEqualTo(-1);

      second.write(ByteBuffer.wrap(new byte[] {7}));

      ByteBuffer one = ByteBuffer.allocate(1);
      assertThat(secondServed.read(one)).isEqualTo(1);
    }
  }

  @Test
  void aClosedTunnelEndsItsConnections() throws Exception {
    try (SocketChannel client = connect();
        SocketChannel served = agent.accept()) {
      tunnel.close();

      assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      assertThat(served.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
  }
}
