package dev.rlmbeam.sandbox.modal;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.CloudSpec;
import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxImage;
import dev.rlmbeam.sandbox.SandboxLostException;
import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.pool.PoolOptions;
import dev.rlmbeam.sandbox.pool.SessionPool;
import dev.rlmbeam.sandbox.repl.ModelAnswer;
import dev.rlmbeam.sandbox.repl.ReplSession;
import dev.rlmbeam.sandbox.repl.TunnelOptions;
import dev.rlmbeam.sandbox.testing.emulator.EmulatedSandbox;
import dev.rlmbeam.sandbox.testing.emulator.EmulatorOptions;
import dev.rlmbeam.sandbox.testing.emulator.InjectedFault;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our client, real calls, real TLS, the real agent in a real process. */
final class ModalSandboxesTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final SandboxSpec SPEC = SandboxSpec.defaults();

  private Emulated emulated;
  private ModalSandboxes sandboxes;

  @BeforeEach
  void setUp() throws Exception {
    emulated =
        Emulated.start(
            EmulatorOptions.builder()
                .secret("hub", Map.of("HUB_NAME", "from the secret"))
                .proxies(List.of("out"))
                .build());
    sandboxes = emulated.sandboxes();
  }

  @AfterEach
  void tearDown() {
    sandboxes.close();
    emulated.close();
  }

  private static SandboxSpec cloud(UnaryOperator<CloudSpec.Builder> change) {
    return SPEC.withCloud(change.apply(CloudSpec.defaults().toBuilder()).build());
  }

  private static SessionPool.Request request() {
    return new SessionPool.Request("task", List.of(), "", TIMEOUT);
  }

  private ReplSession session(SessionPool pool) throws InterruptedException {
    return pool.open(
        request(),
        query -> CompletableFuture.completedFuture(ModelAnswer.of(List.of("an answer"))));
  }

  private String printed(SandboxSpec spec, String code) throws InterruptedException {
    try (SessionPool pool = SessionPool.over(sandboxes, PoolOptions.defaults().withSpec(spec));
        ReplSession session = session(pool)) {
      return session.execute(code, TIMEOUT).stdout().strip();
    }
  }

  private List<EmulatedSandbox> running() {
    return emulated.emulator.runningSandboxes();
  }

  private String refusal(SandboxSpec spec) {
    return String.valueOf(
        assertThrows(SandboxSetupException.class, () -> sandboxes.open(spec)).getMessage());
  }

  @Test
  void codeRunsBehindATunnelAndNothingIsLeft() throws Exception {
    String printed =
        printed(SPEC.withEnvironment(Map.of("A", "1")), "import os; print(os.environ['A'])");

    assertThat(printed).isEqualTo("1");
    assertThat(running()).isEmpty();
    assertThat(emulated.emulator.sandboxes()).hasSize(1);
    assertThat(sandboxes.sandboxTime()).isGreaterThan(Duration.ofMillis(100));
  }

  @Test
  void sessionsShareASandboxAndAreKeptApart() throws Exception {
    try (Sandbox sandbox = sandboxes.open(SPEC)) {
      // Root has uids to give away, also where the sandbox is a process of this machine.
      assertThat(sandbox.sessionsApart()).isEqualTo(isRoot());
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  @Test
  void secretsThatHaveANameAreVariables() throws Exception {
    assertThat(refusal(cloud(b -> b.secrets(List.of("none"))))).contains("no secret named none");
    assertThat(refusal(cloud(b -> b.proxy("none")))).contains("no proxy named none");
    assertThat(
            printed(
                cloud(b -> b.secrets(List.of("hub"))), "import os; print(os.environ['HUB_NAME'])"))
        .isEqualTo("from the secret");
  }

  @Test
  void withAGpuTheyAreOfTheOlderKind() throws Exception {
    try (Sandbox old = sandboxes.open(cloud(b -> b.gpu("T4")));
        Sandbox young = sandboxes.open(cloud(b -> b.proxy("out")))) {
      assertThat(SandboxBackend.of(old.id())).isSameInstanceAs(SandboxBackend.V1);
      assertThat(SandboxBackend.of(young.id())).isSameInstanceAs(SandboxBackend.V2);
      assertThat(running()).hasSize(2);
    }
    assertThat(running()).isEmpty();
  }

  @Test
  void anImageIsBuiltOnceHoweverManyAsk() throws Exception {
    SandboxSpec spec = cloud(b -> b.image(SandboxImage.defaultImage().runCommands("true")));
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<Callable<Sandbox>> openings = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        openings.add(() -> sandboxes.open(spec));
      }
      for (Future<Sandbox> one : threads.invokeAll(openings)) {
        one.get().close();
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(emulated.emulator.requests().of("ImageGetOrCreate")).isEqualTo(4);
    assertThat(emulated.emulator.requests().of("AppGetOrCreate")).isEqualTo(1);
  }

  @Test
  void aBuildThatFailsShowsTheEndOfItsLog() {
    SandboxSpec spec = cloud(b -> b.image(SandboxImage.debianSlim("3.11").runCommands("exit 1")));

    String message = refusal(spec);

    assertThat(message).contains("the image cannot be built");
    assertThat(message).contains("RUN exit 1");
    assertThat(message).contains("the end of its log");
  }

  @Test
  void anImageWithoutPythonIsNamedAsThat() {
    assertThat(refusal(cloud(b -> b.image(SandboxImage.fromRegistry("alpine:3.20")))))
        .contains("no python3 that can be started");
    assertThat(running()).isEmpty();
  }

  @Test
  void whatModalDoesNotAllowIsToldInItsWords() {
    assertThat(refusal(cloud(b -> b.regions(List.of("moon"))))).contains("moon");
  }

  @Test
  void aWrongTokenIsRefusedOnceAndSaysWhatToDo() throws Exception {
    ModalConfig wrong =
        ModalConfig.of(new ModalToken("ak-wrong", "as-nobodys-secret"))
            .withServerUrl(URI.create(emulated.emulator.serverUrl()));
    try (ModalSandboxes others = ModalSandboxes.create(wrong, emulated.options())) {
      SandboxSetupException e = assertThrows(SandboxSetupException.class, () -> others.open(SPEC));

      assertThat(e).hasMessageThat().contains("modal token new");
      assertThat(e).hasMessageThat().contains("ak-wrong");
      assertThat(e).hasMessageThat().doesNotContain("nobodys");
      assertThat(emulated.emulator.requests().of("AuthTokenGet")).isEqualTo(1);
    }
  }

  @Test
  void aServerThatIsNotThereIsNamed() throws Exception {
    ModalConfig nowhere = emulated.config().withServerUrl(URI.create("http://127.0.0.1:1"));
    try (ModalSandboxes others = ModalSandboxes.create(nowhere, emulated.options())) {
      SandboxException e = assertThrows(SandboxException.class, () -> others.open(SPEC));

      assertThat(e.retryable()).isTrue();
      assertThat(e).hasMessageThat().contains("http://127.0.0.1:1");
    }
  }

  @Test
  void aCertificateThatNobodyVouchesForIsRefused() throws Exception {
    ModalOptions unknowing = ModalOptions.defaults();
    try (ModalSandboxes others = ModalSandboxes.create(emulated.config(), unknowing)) {
      SandboxException e = assertThrows(SandboxSetupException.class, () -> others.open(SPEC));

      assertThat(e).hasMessageThat().contains("--modalCaCertificate");
      assertThat(running()).isEmpty();
    }
  }

  @Test
  void aLossIsNoticedWithinSecondsAndSaysHow() throws Exception {
    SandboxSpec spec = SPEC.withTag(SandboxSpec.RUN_TAG, "mine");
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (SessionPool pool = SessionPool.over(sandboxes, PoolOptions.defaults().withSpec(spec));
        ModalSweep somebody = ModalSweep.open(emulated.config(), emulated.trust());
        ReplSession session = session(pool)) {
      Future<SandboxLostException> loss =
          threads.submit(
              () ->
                  assertThrows(
                      SandboxLostException.class,
                      () -> session.execute("import time; time.sleep(50)", TIMEOUT)));
      long start = System.nanoTime();
      somebody.find("rlm-sandbox", Map.of()).forEach(somebody::terminate);

      assertThat(loss.get()).hasMessageThat().contains("it was terminated");
      assertThat(System.nanoTime() - start).isLessThan(Duration.ofSeconds(10).toNanos());
      try (ReplSession next = session(pool)) {
        assertThat(next.execute("print(1)", TIMEOUT).stdout()).isEqualTo("1\n");
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(running()).isEmpty();
  }

  @Test
  void connectionsThatPassNothingOnHoldNobodyBackForLong() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    try (SessionPool pool = SessionPool.over(sandboxes, PoolOptions.defaults());
        ReplSession first = session(pool)) {
      assertThat(first.execute("print(1)", TIMEOUT).stdout()).isEqualTo("1\n");
      InjectedFault fault = emulated.emulator.faults().inject("tunnel-stall:times=3");
      List<Callable<ReplSession>> openings = Collections.nCopies(5, () -> session(pool));
      long start = System.nanoTime();

      for (Future<ReplSession> opened : threads.invokeAll(openings)) {
        assertThat(opened.get().execute("print(2)", TIMEOUT).stdout()).isEqualTo("2\n");
        opened.get().close();
      }

      assertThat(fault.struck()).isAtLeast(1);
      assertThat(System.nanoTime() - start).isLessThan(Duration.ofSeconds(50).toNanos());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aTunnelThatIsGoneIsALossLongBeforeTheLeaseIsOver() throws Exception {
    TunnelOptions usual = TunnelOptions.defaults();
    TunnelOptions impatient =
        new TunnelOptions(
            usual.connectTimeout(),
            usual.callTimeout(),
            usual.firstEventTimeout(),
            usual.pollInterval(),
            usual.resultMargin(),
            Duration.ofSeconds(2));
    PoolOptions options =
        PoolOptions.defaults()
            .withTunnel(impatient)
            .withSpec(SPEC.withLease(Duration.ofSeconds(30)));
    InjectedFault later = emulated.emulator.faults().inject("tunnel-drop:after=6s");
    try (SessionPool pool = SessionPool.over(sandboxes, options);
        ReplSession session = session(pool)) {
      assertThat(session.execute("print(1)", TIMEOUT).stdout()).isEqualTo("1\n");
      later.stop(); // what is open is reset all the same
      InjectedFault fault = emulated.emulator.faults().inject("tunnel-drop");
      long start = System.nanoTime();

      assertThrows(
          SandboxLostException.class,
          () -> session.execute("import time; time.sleep(100)", Duration.ofSeconds(100)));

      assertThat(System.nanoTime() - start).isLessThan(Duration.ofSeconds(28).toNanos());
      assertThat(fault.struck()).isGreaterThan(1);
    }
  }
}
