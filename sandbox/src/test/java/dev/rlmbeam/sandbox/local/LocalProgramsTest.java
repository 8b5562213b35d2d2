package dev.rlmbeam.sandbox.local;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.TruthJUnit.assume;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.AgentProgram;
import dev.rlmbeam.sandbox.ImageFile;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.SandboxToken;
import dev.rlmbeam.sandbox.fixtures.Leftovers;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Any program behind the walls of local sandboxes, and how it is reached. */
@Timeout(90)
final class LocalProgramsTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Sends back what it is sent, and says how much that was once the sender has ended. */
  private static final String ECHO =
      """
      import socket, sys
      server = socket.create_server(('0.0.0.0', int(sys.argv[1])))
      while True:
          peer = server.accept()[0]
          count = 0
          while True:
              piece = peer.recv(65536)
              if not piece:
                  break
              count += len(piece)
              peer.sendall(piece)
          peer.sendall(b'|%d' % count)
          peer.close()
      """;

  private static LocalPrograms create(LocalIsolation isolation) throws InterruptedException {
    try {
      return LocalPrograms.create(LocalOptions.defaults().withIsolation(isolation));
    } catch (SandboxSetupException e) {
      assume().withMessage(e.getMessage()).that(isolation).isEqualTo(LocalIsolation.NONE);
      throw e;
    }
  }

  private static ProgramSpec spec(List<Integer> ports, String... command) {
    return new ProgramSpec(List.of(command), Map.of(), "", 64, ports, List.of());
  }

  private static int exit(LocalProgram program) throws Exception {
    return program.exit().get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static String stdout(LocalProgram program) throws Exception {
    assertThat(Leftovers.within(TIMEOUT, program::outputEnded)).isTrue();
    return new String(program.stdout(0).bytes(), UTF_8);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** A connection to a program that may not listen yet. */
  private static Socket connect(LocalProgram program, int port) throws Exception {
    Socket[] connected = new Socket[1];
    boolean answered =
        Leftovers.within(
            TIMEOUT,
            () -> {
              try {
                Socket socket =
                    new Socket(InetAddress.getLoopbackAddress(), program.hostPort(port));
                socket.setSoTimeout((int) TIMEOUT.toMillis());
                socket.getOutputStream().write('x');
                if (socket.getInputStream().read() == 'x') {
                  connected[0] = socket;
                  return true;
                }
                socket.close();
              } catch (IOException e) {
                assertThat(program.isAlive()).isTrue(); // refused, or closed at once
              }
              return false;
            });
    assertThat(answered).isTrue();
    return connected[0];
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "BUBBLEWRAP"})
  void passesBytesAndTheirEndBothWays(LocalIsolation isolation) throws Exception {
    int port = isolation == LocalIsolation.NONE ? freePort() : 8080;
    byte[] sent = new byte[3_000_000];
    Arrays.fill(sent, (byte) 'y');
    try (LocalPrograms programs = create(isolation);
        LocalProgram program =
            programs.start(spec(List.of(port), "python3", "-c", ECHO, "" + port));
        Socket socket = connect(program, port)) {
      Thread sender =
          new Thread(
              () -> {
                try {
                  socket.getOutputStream().write(sent);
                  socket.shutdownOutput();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      sender.start();

      byte[] received = socket.getInputStream().readAllBytes();

      assertThat(received.length).isEqualTo(sent.length + 8);
      assertThat(new String(received, sent.length, 8, UTF_8)).isEqualTo("|3000001");
      sender.join(10_000);
    }
  }

  @Test
  void twoMayListenOnTheSamePort() throws Exception {
    try (LocalPrograms programs = create(LocalIsolation.BUBBLEWRAP);
        LocalProgram first = programs.start(spec(List.of(8080), "python3", "-c", ECHO, "8080"));
        LocalProgram second = programs.start(spec(List.of(8080), "python3", "-c", ECHO, "8080"));
        Socket one = connect(first, 8080);
        Socket other = connect(second, 8080)) {
      assertThat(first.hostPort(8080)).isNotEqualTo(second.hostPort(8080));
      one.shutdownOutput();
      assertThat(new String(one.getInputStream().readAllBytes(), UTF_8)).isEqualTo("|1");
      first.close();
      assertThat(first.isAlive()).isFalse();
      other.getOutputStream().write('z');
      assertThat(other.getInputStream().read()).isEqualTo('z');
    }
  }

  @Test
  void whereNobodyListensConnectionsAreClosed() throws Exception {
    try (LocalPrograms programs = create(LocalIsolation.BUBBLEWRAP);
        LocalProgram program = programs.start(spec(List.of(8080), "sleep", "600"));
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), program.hostPort(8080))) {
      socket.setSoTimeout((int) TIMEOUT.toMillis());
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
      assertThat(program.isAlive()).isTrue();
    }
  }

  @Test
  void aPlainProgramSharesThePortsOfTheMachine() throws Exception {
    try (LocalPrograms programs = create(LocalIsolation.NONE);
        ServerSocket somebody = new ServerSocket(0)) {
      int port = somebody.getLocalPort();

      SandboxException e =
          assertThrows(
              SandboxException.class, () -> programs.start(spec(List.of(port), "sleep", "600")));

      assertThat(e.retryable()).isFalse();
      assertThat(e).hasMessageThat().contains("cannot listen on port " + port + ": it is taken");
      int other = freePort();
      try (LocalProgram first = programs.start(spec(List.of(other), "sleep", "600"))) {
        // It does not listen yet, but will.
        assertThrows(
            SandboxException.class, () -> programs.start(spec(List.of(other), "sleep", "600")));
        assertThat(first.hostPort(other)).isEqualTo(other);
      }
      try (LocalProgram second = programs.start(spec(List.of(other), "true"))) {
        assertThat(exit(second)).isEqualTo(0);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "NONE, exit 7, 7",
    "BUBBLEWRAP, exit 7, 7",
    "NONE, kill -9 $$, 137",
    "BUBBLEWRAP, kill -9 $$, 137",
    "BUBBLEWRAP, kill -15 $$, 143",
    "BUBBLEWRAP, exec /no/such/program, 127"
  })
  void passesTheExitCodeOn(LocalIsolation isolation, String script, int code) throws Exception {
    try (LocalPrograms programs = create(isolation);
        LocalProgram program =
            programs.start(spec(List.of(), "sh", "-c", "echo said; " + script))) {
      assertThat(exit(program)).isEqualTo(code);
      assertThat(stdout(program)).isEqualTo("said\n");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "BUBBLEWRAP"})
  void whatCannotBeStartedSaysSo(LocalIsolation isolation) throws Exception {
    try (LocalPrograms programs = create(isolation);
        LocalProgram program = programs.start(spec(List.of(), "no-such-program"))) {
      assertThat(exit(program)).isEqualTo(127);
      assertThat(stdout(program)).isEmpty();
      assertThat(program.describe()).contains("exec: \"no-such-program\": No such file");
    }
  }

  @Test
  void outputIsReadOnFromWhereOneWas() throws Exception {
    try (LocalPrograms programs = create(LocalIsolation.NONE);
        LocalProgram program =
            programs.start(spec(List.of(), "sh", "-c", "printf abc; printf err >&2"))) {
      assertThat(stdout(program)).isEqualTo("abc");
      assertThat(program.stdout(0).end()).isEqualTo(3);
      assertThat(new String(program.stdout(1).bytes(), UTF_8)).isEqualTo("bc");
      assertThat(program.stdout(3).bytes()).isEmpty();
      assertThat(new String(program.stderr(0).bytes(), UTF_8)).isEqualTo("err");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "BUBBLEWRAP"})
  void leavesNothingBehindWhateverItHasStarted(LocalIsolation isolation, @TempDir Path folder)
      throws Exception {
    int before = Leftovers.processes().size();
    LocalOptions options = LocalOptions.defaults().withIsolation(isolation).withWorkFolder(folder);
    create(isolation).close(); // or this test is skipped
    try (LocalPrograms programs = LocalPrograms.create(options)) {
      LocalProgram ends =
          programs.start(
              spec(List.of(), "sh", "-c", "setsid sleep 600 & setsid sleep 600 & exit 3"));
      assertThat(exit(ends)).isEqualTo(3);
      LocalProgram runs =
          programs.start(spec(List.of(), "sh", "-c", "setsid sleep 600 & exec sleep 600"));
      assertThat(runs.isAlive()).isTrue();
    }

    assertThat(Leftovers.within(TIMEOUT, () -> Leftovers.processes().size() <= before)).isTrue();
    assertThat(sleepers()).isEmpty();
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.toList()).isEmpty();
    }
    assertThat(Leftovers.threads()).isEmpty();
  }

  /** Also those that are nobody's children any more. */
  private static List<String> sleepers() {
    return ProcessHandle.allProcesses()
        .map(process -> process.info().commandLine().orElse(""))
        .filter(line -> line.endsWith("sleep 600"))
        .toList();
  }

  @Test
  void hasFoldersToWriteToAndTheFilesItWasGiven() throws Exception {
    String script =
        """
        set -e
        pwd
        for folder in /tmp/rlm /root /data; do mkdir -p $folder/made; done
        python3 -c 'print(open("/opt/app/hello.txt").read(), end="")'
        sh /data/run.sh
        echo "$HOME $GREETING"
        if echo x 2>/dev/null > /opt/app/hello.txt; then echo written; fi
        """;
    ProgramSpec spec =
        new ProgramSpec(
            List.of("sh", "-c", script),
            Map.of("GREETING", "good day"),
            "/data",
            16,
            List.of(),
            List.of(
                new ImageFile("/opt/app/hello.txt", "hello\n".getBytes(UTF_8)),
                new ImageFile("/data/run.sh", "echo run".getBytes(UTF_8)),
                new ImageFile("/usr/never/there", new byte[1])));
    try (LocalPrograms programs = create(LocalIsolation.BUBBLEWRAP);
        LocalProgram program = programs.start(spec)) {
      assertThat(exit(program)).isEqualTo(0);
      assertThat(stdout(program)).isEqualTo("/data\nhello\nrun\n/root good day\n");
    }
  }

  @Test
  void aPlainProgramFindsItsFilesByItsArguments() throws Exception {
    ProgramSpec spec =
        new ProgramSpec(
            List.of("python3", "/opt/hello.py"),
            Map.of(),
            "",
            16,
            List.of(),
            List.of(new ImageFile("/opt/hello.py", "print('hello')".getBytes(UTF_8))));
    try (LocalPrograms programs = create(LocalIsolation.NONE);
        LocalProgram program = programs.start(spec)) {
      assertThat(exit(program)).isEqualTo(0);
      assertThat(stdout(program)).isEqualTo("hello\n");
    }
  }

  /** As in a cloud: it listens on a port, and its folder is an ordinary one. */
  @Test
  void runsTheAgent() throws Exception {
    SandboxToken token = SandboxToken.random();
    String config =
        AgentProgram.config(
            SandboxSpec.defaults(),
            token,
            "tcp:0.0.0.0:8080",
            "/tmp/rlm",
            "/tmp/rlm-contexts",
            false);
    ProgramSpec spec =
        new ProgramSpec(
            AgentProgram.load().command("python3"),
            Map.of("RLM_AGENT_CONFIG", config),
            "",
            256,
            List.of(8080),
            List.of());
    try (LocalPrograms programs = create(LocalIsolation.BUBBLEWRAP);
        LocalProgram program = programs.start(spec)) {
      URI health = URI.create("http://127.0.0.1:" + program.hostPort(8080) + "/health");
      String[] answer = new String[1];
      boolean healthy =
          Leftovers.within(
              TIMEOUT,
              () -> {
                try {
                  HttpURLConnection call = (HttpURLConnection) health.toURL().openConnection();
                  call.setReadTimeout((int) TIMEOUT.toMillis());
                  call.setRequestProperty("Authorization", token.authorization());
                  try (InputStream in = call.getInputStream()) {
                    answer[0] = new String(in.readAllBytes(), UTF_8);
                  }
                  return true;
                } catch (IOException e) {
                  assertThat(program.isAlive()).isTrue();
                  return false;
                }
              });

      assertThat(healthy).isTrue();
      boolean uids = LocalSetup.find(LocalOptions.defaults()).uids();
      assertThat(answer[0].replace(" ", "")).contains("\"uids\":" + uids);
    }
  }
}
