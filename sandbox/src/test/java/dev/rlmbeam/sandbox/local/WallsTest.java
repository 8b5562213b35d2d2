package dev.rlmbeam.sandbox.local;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.TruthJUnit.assume;

import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.pool.PoolOptions;
import dev.rlmbeam.sandbox.pool.SessionPool;
import dev.rlmbeam.sandbox.repl.ReplSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What code in bubblewrap can see and write of this machine. */
@Timeout(90)
final class WallsTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Prints what it could write, and why not what it could not. */
  private static final String WRITES =
      """
      for folder in ('/', '/etc', '/run', '/run/rlm', '/dev', '/var', '/usr', '/tmp', '/dev/shm'):
          try:
              open(folder + '/written', 'w').close()
              print(folder, 'written')
          except OSError as e:
              print(folder, e.strerror)
      open('/dev/null', 'w').write('gone')
      """;

  private static final String NAMESPACES =
      """
      import os, socket
      for name in ('pid', 'net', 'ipc', 'uts', 'mnt'):
          print(name, os.readlink('/proc/self/ns/' + name))
      print('interfaces', [name for _, name in socket.if_nameindex()])
      def lines(pid):
          found = [line.split() for line in open('/proc/%s/status' % pid)]
          return {line[0]: line[1] for line in found if len(line) > 1}
      mine = lines('self')
      agent = lines(lines(mine['PPid:'])['PPid:'])
      print('session', mine['CapPrm:'], mine['CapEff:'])
      print('agent', agent['Name:'], agent['CapPrm:'])
      """;

  @TempDir private Path folder;

  private static String run(LocalOptions options, String code) throws Exception {
    LocalOptions walled = options.withIsolation(LocalIsolation.BUBBLEWRAP);
    try (LocalSandboxes sandboxes = LocalSandboxes.create(walled);
        SessionPool pool = SessionPool.over(sandboxes, PoolOptions.defaults());
        ReplSession session =
            pool.open(
                new SessionPool.Request("task", List.of(), "bundle", TIMEOUT),
                query -> new CompletableFuture<>())) {
      var result = session.execute(code, TIMEOUT);
      return result.stdout() + result.stderr() + result.error();
    }
  }

  private static void assumeBubblewrap() throws InterruptedException {
    LocalSetup setup = LocalSetup.find(LocalOptions.defaults().withPlainAllowed(true));
    assume().withMessage(setup.trouble().orElse("")).that(setup.walled()).isTrue();
  }

  /** A Python in a folder where a user keeps other things too. */
  private Path virtualEnvironment(String base) throws Exception {
    Path python = PythonRuntime.find(base).executable();
    var made =
        ShortCommand.run(
            List.of(python.toString(), "-m", "venv", "--without-pip", folder.toString()),
            Map.of("PATH", LocalLaunch.PATH),
            TIMEOUT);
    assume().withMessage(made.output()).that(made.exit()).isEqualTo(0);
    return folder.resolve("bin/python3");
  }

  private Path sitePackages() throws Exception {
    try (Stream<Path> found = Files.walk(folder)) {
      return found.filter(path -> path.endsWith("site-packages")).findFirst().orElseThrow();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"python3", "/usr/bin/python3"})
  void aVirtualEnvironmentShowsItsPackagesAndNotWhatLiesBesideThem(String base) throws Exception {
    assumeBubblewrap();
    // Sessions' own uids pass through it.
    assertThat(folder.toFile().setExecutable(true, false)).isTrue();
    assertThat(folder.toFile().setReadable(true, false)).isTrue();
    Path secret = Files.writeString(folder.resolve("id_rsa"), "the secret");
    Path python = virtualEnvironment(base);
    Files.writeString(sitePackages().resolve("parcel.py"), "content = 'imported'\n");

    String said =
        run(
            LocalOptions.defaults().withPython(python.toString()),
            String.format(
                "import os, parcel, sys, ssl, sqlite3%nprint(parcel.content,"
                    + " os.path.exists('%s'), sorted(os.listdir('%s')), sys.prefix)",
                secret, folder));

    assertThat(said).contains("imported False ['bin', 'lib', 'pyvenv.cfg'] " + folder);
  }

  @Test
  void aFolderAboveTheUsersHomeIsNoLibrary() throws Exception {
    Path home = Path.of(System.getProperty("user.home"));
    Path working = Path.of("").toAbsolutePath();

    PythonFiles files =
        PythonFiles.of(
            List.of(), List.of(), List.of(home, home.resolveSibling(""), working, folder));

    assertThat(files.paths()).containsExactly(folder);
  }

  @Test
  void onlyWhatIsBoundedCanBeWritten() throws Exception {
    assumeBubblewrap();

    String said = run(LocalOptions.defaults(), WRITES);

    List<String> written = new ArrayList<>(List.of("/tmp written", "/dev/shm written"));
    if (!LocalSetup.find(LocalOptions.defaults()).uids()) {
      // What the agent may write its session may, too: the one folder without a bound.
      written.add("/run/rlm written");
    }
    assertThat(said.lines().filter(line -> line.endsWith(" written")).toList())
        .containsExactlyElementsIn(written);
    assertThat(said).contains("/ Read-only file system");
    assertThat(said).contains("/dev Read-only file system");
    assertThat(said).contains("Optional.empty");
  }

  /** Through the very command that a run uses. */
  @Test
  void nothingOfTheHostIsSharedButItsUsers() throws Exception {
    assumeBubblewrap();

    String said = run(LocalOptions.defaults(), NAMESPACES);

    for (String namespace : List.of("pid", "net", "ipc", "uts", "mnt")) {
      Path host = Files.readSymbolicLink(Path.of("/proc/self/ns", namespace));
      assertThat(said).contains(namespace + " " + namespace + ":[");
      assertThat(said).doesNotContain(namespace + " " + host);
    }
    assertThat(said).contains("interfaces ['lo']");
    boolean uids = LocalSetup.find(LocalOptions.defaults()).uids();
    assertThat(said).contains("session 0000000000000000 0000000000000000");
    // CHOWN, DAC_OVERRIDE, KILL, SETGID and SETUID.
    String agents = uids ? "00000000000000e3" : "0000000000000000";
    assertThat(said).contains("agent rlm_agent " + agents);
  }

  @Test
  void endsWithTheWorkerAndHasNoTerminal() throws Exception {
    List<String> command = new Bubblewrap(PythonRuntime.find("python3"), true).prefix(folder, 64);

    assertThat(command).containsAtLeast("--die-with-parent", "--new-session");
  }

  @Test
  void sharedMemoryIsBoundedApartFromTheDisk() throws Exception {
    PythonRuntime python = PythonRuntime.find("python3");
    int most = SandboxSpec.defaults().diskMib();

    String command = String.join(" ", new Bubblewrap(python, true).prefix(folder, most));

    assertThat(command).contains("--size 268435456 --tmpfs /dev/shm");
    assertThat(command).contains("--size 1073741824 --tmpfs /tmp");
  }
}
