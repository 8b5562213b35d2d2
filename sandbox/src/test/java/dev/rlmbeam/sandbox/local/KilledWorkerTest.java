package dev.rlmbeam.sandbox.local;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.TruthJUnit.assume;

import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.fixtures.ChildJvm;
import dev.rlmbeam.sandbox.fixtures.Daemon;
import dev.rlmbeam.sandbox.fixtures.Leftovers;
import dev.rlmbeam.sandbox.pool.PoolOptions;
import dev.rlmbeam.sandbox.pool.SessionPool;
import dev.rlmbeam.sandbox.repl.ReplSession;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is left of a worker that was killed: nothing, long before its sandboxes' leases are over.
 */
@Timeout(120)
final class KilledWorkerTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @TempDir private Path folder;

  /** The worker: opens a session with a daemon, says so, and waits to be killed. */
  public static void main(String[] args) throws Exception {
    LocalOptions options =
        LocalOptions.defaults()
            .withIsolation(LocalIsolation.valueOf(args[0]))
            .withWorkFolder(Path.of(args[1]));
    try (LocalSandboxes sandboxes = LocalSandboxes.create(options);
        SessionPool pool = SessionPool.over(sandboxes, PoolOptions.defaults());
        ReplSession session =
            pool.open(
                new SessionPool.Request("task", List.of(), "bundle", TIMEOUT),
                query -> new CompletableFuture<>())) {
      new Daemon(args[2]).start(session);
      System.out.println("open");
      int unused = System.in.read();
    } catch (SandboxSetupException e) {
      System.out.println("none: " + e.getMessage());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "BUBBLEWRAP"})
  void leavesNoProcess(LocalIsolation isolation) throws Exception {
    assertThat(folder.toFile().setExecutable(true, false)).isTrue();
    Daemon daemon = Daemon.create();
    try (ChildJvm worker =
        ChildJvm.start(
            KilledWorkerTest.class,
            List.of("-Xmx64m"),
            isolation.name(),
            folder.toString(),
            daemon.seconds())) {
      boolean open = worker.prints("open", Duration.ofMinutes(1));
      assume().that(worker.output()).doesNotContain("none: ");
      assertThat(open).isTrue();
      assertThat(Leftovers.within(TIMEOUT, daemon::runs)).isTrue();
      List<ProcessHandle> processes = worker.descendants();
      assertThat(processes).isNotEmpty();

      worker.close();

      // The lease alone would take 60 s.
      assertThat(
              Leftovers.within(TIMEOUT, () -> processes.stream().noneMatch(ProcessHandle::isAlive)))
          .isTrue();
      assertThat(Leftovers.within(TIMEOUT, () -> !daemon.runs())).isTrue();
    }
  }
}
