package dev.rlmbeam.sandbox.testing.emulator;

import static com.google.common.truth.Truth.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.AgentProgram;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.SandboxToken;
import dev.rlmbeam.sandbox.TunnelTrust;
import dev.rlmbeam.sandbox.modal.proto.GenericResult.GenericStatus;
import dev.rlmbeam.sandbox.modal.proto.PortSpec;
import dev.rlmbeam.sandbox.modal.proto.Sandbox;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateV2Request;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateV2Response;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetTunnelsRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxTerminateRequest;
import dev.rlmbeam.sandbox.modal.proto.StringMap;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import okhttp3.tls.HandshakeCertificates;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes through tunnels, with real TLS to real programs. */
@Timeout(90)
final class TunnelsTest {
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final PortSpec.Builder PORT = PortSpec.newBuilder().setPort(8080);

  private static final String ECHO =
      """
      import socket, threading
      def serve(peer):
          count = 0
          while True:
              piece = peer.recv(65536)
              if not piece:
                  break
              count += len(piece)
              peer.sendall(piece)
          peer.sendall(b'|%d' % count)
          peer.close()
      server = socket.create_server(('0.0.0.0', 8080))
      while True:
          threading.Thread(target=serve, args=(server.accept()[0],)).start()
      """;

  private static ModalEmulator emulator;
  private static Caller caller;

  @BeforeAll
  static void start() throws Exception {
    emulator = ModalEmulator.start(EmulatorOptions.defaults());
    caller = new Caller(emulator);
  }

  @AfterAll
  static void close() {
    caller.close();
    emulator.close();
  }

  @AfterEach
  void nothingGoesWrongAnyMore() {
    emulator.faults().stopAll();
    emulator.setTunnelLatency(Duration.ZERO);
  }

  private static SSLSocketFactory trusting() {
    HandshakeCertificates.Builder trust = new HandshakeCertificates.Builder();
    TunnelTrust.alsoIn(emulator.caCertificate()).added().forEach(trust::addTrustedCertificate);
    return trust.build().sslSocketFactory();
  }

  private static Sandbox.Builder echo() {
    return caller.definition("python3", "-c", ECHO).setOpenPorts(Caller.ports(PORT));
  }

  private static SSLSocket tls(int port) throws IOException {
    SSLSocket socket = (SSLSocket) trusting().createSocket("localhost", port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  /** A connection to a program that may not listen yet. */
  private static SSLSocket connect(int port) throws Exception {
    AtomicReference<SSLSocket> found = new AtomicReference<>();
    assertThat(
            Until.holds(
                () -> {
                  try {
                    SSLSocket socket = tls(port);
                    socket.getOutputStream().write('x');
                    if (socket.getInputStream().read() == 'x') {
                      found.set(socket);
                      return true;
                    }
                    socket.close();
                  } catch (IOException e) {
                    return false; // closed at once
                  }
                  return false;
                }))
        .isTrue();
    return found.get();
  }

  private static void exchange(SSLSocket socket, int bytes) throws Exception {
    byte[] sent = new byte[bytes];
    Arrays.fill(sent, (byte) 'y');
    Thread sender =
        new Thread(
            () -> {
              try {
                socket.getOutputStream().write(sent);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    sender.start();
    InputStream in = socket.getInputStream();
    byte[] received = in.readNBytes(bytes);
    sender.join(TIMEOUT_MILLIS);
    assertThat(Arrays.equals(received, sent)).isTrue();
  }

  @Test
  void passesBytesBothWaysAndTheEndOfThem() throws Exception {
    SandboxCreateV2Response sandbox = caller.create(echo());
    try (SSLSocket socket = connect(sandbox.getTunnels(0).getPort())) {
      exchange(socket, 5_000_000);
      socket.shutdownOutput();
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8)).isEqualTo("|5000001");
    }
  }

  @Test
  void anUnencryptedPortIsPlain() throws Exception {
    SandboxCreateV2Response sandbox =
        caller.create(echo().setOpenPorts(Caller.ports(PORT.clone().setUnencrypted(true))));
    int port = emulatorTunnelPort(sandbox.getSandboxId());
    assertThat(
            Until.holds(
                () -> {
                  try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    socket.setSoTimeout(TIMEOUT_MILLIS);
                    socket.getOutputStream().write('x');
                    return socket.getInputStream().read() == 'x';
                  } catch (IOException e) {
                    return false;
                  }
                }))
        .isTrue();
  }

  private static int emulatorTunnelPort(String id) {
    return caller
        .api()
        .sandboxGetTunnelsV2(
            SandboxGetTunnelsRequest.newBuilder().setSandboxId(id).setTimeout(10).build())
        .getTunnels(0)
        .getUnencryptedPort();
  }

  @Test
  void whoDoesNotKnowTheAuthorityDoesNotTrustIt() throws Exception {
    int port = caller.create(echo()).getTunnels(0).getPort();
    connect(port).close();
    SSLSocketFactory system = (SSLSocketFactory) SSLSocketFactory.getDefault();

    try (SSLSocket socket = (SSLSocket) system.createSocket("localhost", port)) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      assertThrows(SSLException.class, socket::startHandshake);
    }

    connect(port).close();
  }

  @Test
  void nonsenseAndHalfHandshakesDoNoHarm() throws Exception {
    int port = caller.create(echo()).getTunnels(0).getPort();
    try (SSLSocket before = connect(port);
        Socket silent = new Socket(InetAddress.getLoopbackAddress(), port);
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), port)) {
      plain.setSoTimeout(TIMEOUT_MILLIS);
      plain.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8));
      assertThat(plain.getInputStream().readAllBytes()).isEmpty();
      assertThat(silent.isConnected()).isTrue();
      exchange(before, 1000);
    }
    connect(port).close();
  }

  @Test
  void servesTheAgent() throws Exception {
    SandboxToken token = SandboxToken.random();
    String config =
        AgentProgram.config(
            SandboxSpec.defaults(),
            token,
            "tcp:0.0.0.0:8080",
            "/tmp/rlm",
            "/tmp/rlm-contexts",
            false);
    SandboxCreateV2Response sandbox =
        caller
            .api()
            .sandboxCreateV2(
                SandboxCreateV2Request.newBuilder()
                    .setAppId(caller.app("tests"))
                    .setDefinition(
                        caller
                            .definition(
                                AgentProgram.load().command("python3").toArray(String[]::new))
                            .setOpenPorts(Caller.ports(PORT)))
                    .setEphemeralSecrets(
                        StringMap.newBuilder().putContents("RLM_AGENT_CONFIG", config))
                    .build());
    URI url = URI.create("https://localhost:" + sandbox.getTunnels(0).getPort() + "/health");

    assertThat(
            Until.holds(
                () -> {
                  try {
                    HttpsURLConnection call = (HttpsURLConnection) url.toURL().openConnection();
                    call.setSSLSocketFactory(trusting());
                    call.setReadTimeout(TIMEOUT_MILLIS);
                    call.setRequestProperty("Authorization", token.authorization());
                    return call.getResponseCode() == 200;
                  } catch (IOException e) {
                    return false;
                  }
                }))
        .isTrue();
  }

  @Test
  void latencyDelaysAndDoesNotLimitThroughput() throws Exception {
    int port = caller.create(echo()).getTunnels(0).getPort();
    try (SSLSocket socket = connect(port)) {
      emulator.setTunnelLatency(Duration.ofMillis(100));
      long start = System.nanoTime();
      socket.getOutputStream().write('q');
      assertThat(socket.getInputStream().read()).isEqualTo('q');
      assertThat(System.nanoTime() - start).isAtLeast(200_000_000L);
      // In pieces of 16 KiB one after the other, these would take a minute.
      start = System.nanoTime();
      exchange(socket, 5_000_000);
      assertThat(System.nanoTime() - start).isLessThan(20_000_000_000L);
    }
  }

  @Test
  void idleIsWhoHasNoConnection() throws Exception {
    SandboxCreateV2Response sandbox = caller.create(echo().setIdleTimeoutSecs(2));
    String id = sandbox.getSandboxId();
    try (SSLSocket socket = connect(sandbox.getTunnels(0).getPort())) {
      assertThat(caller.await(id, 4).hasResult()).isFalse();
      exchange(socket, 10);
    }

    assertThat(caller.await(id, 30).getResult().getStatus())
        .isEqualTo(GenericStatus.GENERIC_STATUS_IDLE_TIMEOUT);
  }

  @Test
  void onlyThoseMayConnectWhoAreAllowed() throws Exception {
    int shut = caller.create(echo().addInboundCidrAllowlist("10.0.0.0/8")).getTunnels(0).getPort();
    int open = caller.create(echo().addInboundCidrAllowlist("127.0.0.0/8")).getTunnels(0).getPort();

    connect(open).close();
    try (SSLSocket socket = tls(shut)) {
      assertThrows(IOException.class, socket::startHandshake);
    }
  }

  @Test
  void theTunnelEndsWithItsSandbox() throws Exception {
    SandboxCreateV2Response sandbox = caller.create(echo());
    int port = sandbox.getTunnels(0).getPort();
    try (SSLSocket socket = connect(port)) {
      var unused =
          caller
              .api()
              .sandboxTerminateV2(
                  SandboxTerminateRequest.newBuilder()
                      .setSandboxId(sandbox.getSandboxId())
                      .build());

      assertThat(
              Until.holds(
                  () -> {
                    try {
                      return socket.getInputStream().read() < 0;
                    } catch (IOException e) {
                      return true; // cut off
                    }
                  }))
          .isTrue();
    }
    assertThat(
            Until.holds(
                () -> {
                  try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    return socket.isClosed();
                  } catch (IOException e) {
                    return true;
                  }
                }))
        .isTrue();
  }

  @Test
  void connectionsAreDropped() throws Exception {
    SandboxCreateV2Response sandbox = caller.create(echo());
    int port = sandbox.getTunnels(0).getPort();
    connect(port).close();
    InjectedFault fault = emulator.faults().inject("tunnel-drop:after=500ms,times=1");

    try (SSLSocket socket = tls(port)) {
      socket.getOutputStream().write('a');
      assertThat(socket.getInputStream().read()).isEqualTo('a');
      assertThrows(IOException.class, () -> socket.getInputStream().read());
    }

    assertThat(fault.struck()).isEqualTo(1);
    assertThat(fault.sandboxIds()).containsExactly(sandbox.getSandboxId());
    connect(port).close();
  }

  @Test
  void connectionsAnswerWith502() throws Exception {
    int port = caller.create(echo()).getTunnels(0).getPort();
    connect(port).close();
    InjectedFault fault = emulator.faults().inject("tunnel-502:times=1");

    try (SSLSocket socket = tls(port)) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8));
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 502 ");
    }

    assertThat(fault.struck()).isEqualTo(1);
    connect(port).close();
  }

  @Test
  void connectionsStall() throws Exception {
    int port = caller.create(echo()).getTunnels(0).getPort();
    connect(port).close();
    InjectedFault fault = emulator.faults().inject("tunnel-stall:times=1");

    try (SSLSocket socket = tls(port)) {
      socket.setSoTimeout(1000);
      socket.getOutputStream().write(new byte[100_000]);
      assertThrows(SocketTimeoutException.class, () -> socket.getInputStream().read());
    }

    assertThat(fault.struck()).isEqualTo(1);
    connect(port).close();
  }
}
