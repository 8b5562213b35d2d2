package dev.rlmbeam.sandbox.local;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.TruthJUnit.assume;

import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.fixtures.ChildJvm;
import dev.rlmbeam.sandbox.fixtures.CountingModel;
import dev.rlmbeam.sandbox.fixtures.Daemon;
import dev.rlmbeam.sandbox.fixtures.Leftovers;
import dev.rlmbeam.sandbox.pool.PoolOptions;
import dev.rlmbeam.sandbox.pool.SessionPool;
import dev.rlmbeam.sandbox.repl.ReplSession;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Sandboxes of a user who is not root. Where the tests run as root, a process gives that up to
 * prove it; where they do not, every other test proves it too.
 */
@Timeout(150)
final class UnprivilegedTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final String NOBODY = "65534";
  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

  @TempDir private Path folder;

  /** Two sessions one after the other, and what became of them. */
  public static void main(String[] args) throws Exception {
    LocalOptions options =
        LocalOptions.defaults()
            .withIsolation(LocalIsolation.valueOf(args[0]))
            .withPython("/usr/bin/python3")
            .withWorkFolder(Path.of(args[1]));
    try (LocalSandboxes sandboxes = LocalSandboxes.create(options);
        SessionPool pool = SessionPool.over(sandboxes, PoolOptions.defaults());
        CountingModel model = new CountingModel()) {
      Daemon daemon = Daemon.create();
      ReplSession first = open(pool, model);
      daemon.start(first);
      System.out.println("daemon " + Leftovers.within(TIMEOUT, daemon::runs));
      System.out.println("said " + first.execute("print(llm_query('x'))", TIMEOUT).stdout());
      first.close();
      System.out.println("daemon gone " + Leftovers.within(TIMEOUT, () -> !daemon.runs()));
      try (ReplSession second = open(pool, model)) {
        System.out.println("another sandbox " + !second.sandboxId().equals(first.sandboxId()));
      }
      System.out.println("apart " + sandboxes.sessionsApart());
      System.out.println("isolation " + pool.isolation());
      System.out.println("told " + pool.degradation().isPresent());
    } catch (SandboxSetupException e) {
      System.out.println("none: " + e.getMessage());
    }
    System.out.println("processes left " + Leftovers.processes().size());
  }

  private static ReplSession open(SessionPool pool, CountingModel model)
      throws InterruptedException {
    return pool.open(new SessionPool.Request("task", List.of(), "bundle", TIMEOUT), model);
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "BUBBLEWRAP"})
  void eachElementGetsASandboxOfItsOwn(LocalIsolation isolation) throws Exception {
    assume().that(Files.getAttribute(folder, "unix:uid")).isEqualTo(0);
    assume().that(Files.isExecutable(SETPRIV)).isTrue();
    openToAll(folder);
    Path work = Files.createDirectory(folder.resolve("w"));
    Files.setAttribute(work, "unix:uid", Integer.parseInt(NOBODY));
    List<String> asNobody =
        List.of(
            SETPRIV.toString(), "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--");

    try (ChildJvm worker =
        ChildJvm.start(
            asNobody,
            readableClassPath(),
            UnprivilegedTest.class,
            List.of("-Xmx64m", "-Djava.io.tmpdir=" + work),
            isolation.name(),
            work.toString())) {
      assertThat(worker.exitCode(Duration.ofMinutes(2))).isEqualTo(0);
      assume().that(worker.output()).doesNotContain("none: ");
      assertThat(worker.output()).contains("daemon true\n");
      assertThat(worker.output()).contains("said re: x\n");
      assertThat(worker.output()).contains("daemon gone true\n");
      assertThat(worker.output()).contains("another sandbox true\n");
      assertThat(worker.output()).contains("apart false\n");
      assertThat(worker.output()).contains("isolation ELEMENT\n");
      assertThat(worker.output()).contains("told true\n");
      assertThat(worker.output()).contains("processes left 0\n");
    }
    try (Stream<Path> left = Files.list(work)) {
      assertThat(left.filter(path -> path.getFileName().toString().startsWith("rlm-")).toList())
          .isEmpty();
    }
  }

  /** Copied, as others than root may not be let into the folders where they lie. */
  private String readableClassPath() throws IOException {
    List<String> copies = new ArrayList<>();
    Path copy = Files.createDirectory(folder.resolve("classes"));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path from = Path.of(entry);
      if (Files.isDirectory(from)) {
        Path to = copy.resolve(Integer.toString(copies.size()));
        try (Stream<Path> files = Files.walk(from)) {
          for (Path file : (Iterable<Path>) files::iterator) {
            Files.copy(file, to.resolve(from.relativize(file).toString()));
          }
        }
        copies.add(to.toString());
      } else if (Files.exists(from)) {
        copies.add(Files.copy(from, copy.resolve(from.getFileName())).toString());
      }
    }
    try (Stream<Path> files = Files.walk(copy)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        openToAll(file);
      }
    }
    return String.join(File.pathSeparator, copies);
  }

  private static void openToAll(Path path) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
