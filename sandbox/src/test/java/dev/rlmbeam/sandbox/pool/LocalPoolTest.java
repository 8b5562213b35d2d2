package dev.rlmbeam.sandbox.pool;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.TruthJUnit.assume;

import dev.rlmbeam.sandbox.Isolation;
import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.fixtures.CountingModel;
import dev.rlmbeam.sandbox.fixtures.Daemon;
import dev.rlmbeam.sandbox.fixtures.Leftovers;
import dev.rlmbeam.sandbox.fixtures.TextContext;
import dev.rlmbeam.sandbox.local.LocalIsolation;
import dev.rlmbeam.sandbox.local.LocalOptions;
import dev.rlmbeam.sandbox.local.LocalSandboxes;
import dev.rlmbeam.sandbox.repl.ExecutionResult;
import dev.rlmbeam.sandbox.repl.ReplSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The pool over real sandboxes, with and without walls. */
@Timeout(90)
final class LocalPoolTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @TempDir private Path folder;

  private LocalSandboxes create(LocalIsolation isolation) throws InterruptedException {
    try {
      return LocalSandboxes.create(
          LocalOptions.defaults().withIsolation(isolation).withWorkFolder(shortened(folder)));
    } catch (SandboxSetupException e) {
      assume().withMessage(e.getMessage()).that(isolation).isEqualTo(LocalIsolation.NONE);
      throw e;
    }
  }

  /** Sessions' own uids pass through it. */
  private static Path shortened(Path folder) {
    assertThat(folder.toFile().setExecutable(true, false)).isTrue();
    return folder;
  }

  private static SessionPool.Request request(TextContext context) {
    return new SessionPool.Request("task", List.of(context), "bundle", TIMEOUT);
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "BUBBLEWRAP"})
  void manyElementsAtATimeGetTheirOwnAnswersAndLeaveNothing(LocalIsolation isolation)
      throws Exception {
    int processesBefore = Leftovers.processes().size();
    TextContext shared = TextContext.of("the shared document");
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try (LocalSandboxes sandboxes = create(isolation);
        SessionPool pool = SessionPool.over(sandboxes, PoolOptions.defaults());
        CountingModel model = new CountingModel(Duration.ofMillis(5))) {
      List<Callable<String>> elements = new ArrayList<>();
      for (int i = 0; i < 48; i++) {
        String number = Integer.toString(i);
        elements.add(
            () -> {
              try (ReplSession session = pool.open(request(shared), model)) {
                session.execute("n = " + number + "\nopen('note', 'w').write(str(n))", TIMEOUT);
                ExecutionResult result =
                    session.execute(
                        "print(open('note').read(), len(context), *llm_query_batched(['a%d' % n,"
                            + " 'b']))",
                        TIMEOUT);
                return result.stdout();
              }
            });
      }
      List<Future<String>> results = threads.invokeAll(elements);

      for (int i = 0; i < results.size(); i++) {
        assertThat(results.get(i).get()).isEqualTo(i + " 19 re: a" + i + " re: b\n");
      }
      if (sandboxes.sessionsApart()) {
        assertThat(pool.openSandboxes()).isAtMost(4);
        assertThat(shared.reads()).isEqualTo(pool.openSandboxes());
      } else {
        assertThat(pool.isolation()).isEqualTo(Isolation.ELEMENT);
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(Leftovers.threads()).isEmpty();
    assertThat(Leftovers.processes()).hasSize(processesBefore);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.toList()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "BUBBLEWRAP"})
  void anElementOfItsOwnSandboxLeavesNothing(LocalIsolation isolation) throws Exception {
    PoolOptions options = PoolOptions.defaults().withIsolation(Isolation.ELEMENT);
    try (LocalSandboxes sandboxes = create(isolation);
        SessionPool pool = SessionPool.over(sandboxes, options);
        CountingModel model = new CountingModel()) {
      for (int i = 0; i < 3; i++) {
        try (ReplSession session = pool.open(request(TextContext.of("x" + i)), model)) {
          assertThat(session.execute("print(context)", TIMEOUT).stdout()).isEqualTo("x" + i + "\n");
        }
      }

      assertThat(Leftovers.within(TIMEOUT, () -> pool.openSandboxes() == 0)).isTrue();
      try (Stream<Path> left = Files.walk(folder)) {
        assertThat(left.filter(path -> path.getFileName().toString().startsWith("sb-")).toList())
            .isEmpty();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "BUBBLEWRAP"})
  void daemonsOfASessionEndWithIt(LocalIsolation isolation) throws Exception {
    Daemon daemon = Daemon.create();
    try (LocalSandboxes sandboxes = create(isolation);
        SessionPool pool = SessionPool.over(sandboxes, PoolOptions.defaults());
        CountingModel model = new CountingModel()) {
      ReplSession session = pool.open(request(TextContext.of("")), model);
      daemon.start(session);
      assertThat(Leftovers.within(TIMEOUT, daemon::runs)).isTrue();

      session.close();

      assertThat(daemon.runs()).isFalse();
      try (ReplSession next = pool.open(request(TextContext.of("")), model)) {
        // Without uids a sandbox serves one session, however clean it ended.
        assertThat(next.sandboxId().equals(session.sandboxId()))
            .isEqualTo(sandboxes.sessionsApart());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "BUBBLEWRAP"})
  void daemonsEndWithTheLeaseWhenTheHostIsGone(LocalIsolation isolation) throws Exception {
    Daemon daemon = Daemon.create();
    SandboxSpec spec = SandboxSpec.defaults().withLease(Duration.ofSeconds(3));
    try (LocalSandboxes sandboxes = create(isolation);
        CountingModel model = new CountingModel()) {
      AbandoningSandboxes abandoning = new AbandoningSandboxes(sandboxes);
      try (SessionPool pool = SessionPool.over(abandoning, PoolOptions.defaults().withSpec(spec))) {
        daemon.start(pool.open(request(TextContext.of("")), model));
        assertThat(Leftovers.within(TIMEOUT, daemon::runs)).isTrue();
      }

      assertThat(Leftovers.within(TIMEOUT, () -> !daemon.runs())).isTrue();
      assertThat(Leftovers.within(TIMEOUT, () -> !abandoning.last().isAlive())).isTrue();
    }
  }

  @Test
  void aFullDiskIsTheBlocksErrorAndNobodyElses() throws Exception {
    PoolOptions options = PoolOptions.defaults().withSpec(SandboxSpec.defaults().withDiskMib(16));
    try (LocalSandboxes sandboxes = create(LocalIsolation.BUBBLEWRAP);
        SessionPool pool = SessionPool.over(sandboxes, options);
        CountingModel model = new CountingModel();
        ReplSession greedy = pool.open(request(TextContext.of("")), model)) {
      ExecutionResult result =
          greedy.execute("open('/tmp/big', 'wb').write(b'x' * 40_000_000)", TIMEOUT);
      assertThat(result.error().get().toString()).contains("No space left on device");

      // Contexts take nothing of what sessions may write.
      TextContext large = TextContext.of("c".repeat(40_000_000));
      ExecutionResult kept = greedy.execute("import os; os.remove('/tmp/big'); print(1)", TIMEOUT);
      assertThat(kept.stdout()).isEqualTo("1\n");
      try (ReplSession next = pool.open(request(large), model)) {
        assertThat(next.execute("print(len(context))", TIMEOUT).stdout()).isEqualTo("40000000\n");
      }
    }
  }
}
