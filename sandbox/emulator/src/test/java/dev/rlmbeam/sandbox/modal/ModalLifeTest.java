package dev.rlmbeam.sandbox.modal;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.CloudSpec;
import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxImage;
import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.Sandboxes;
import dev.rlmbeam.sandbox.pool.PoolOptions;
import dev.rlmbeam.sandbox.pool.SessionPool;
import dev.rlmbeam.sandbox.repl.ExecutionResult;
import dev.rlmbeam.sandbox.repl.ReplSession;
import dev.rlmbeam.sandbox.testing.emulator.ModalEmulator;
import dev.rlmbeam.sandbox.testing.emulator.Until;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is left when an opening is broken off, and which failures are taken for everybody's. */
@Timeout(120)
final class ModalLifeTest {
  private static final SandboxSpec SPEC = SandboxSpec.defaults();

  private Emulated emulated;
  private ModalEmulator emulator;
  private ModalSandboxes sandboxes;

  @BeforeEach
  void setUp() throws Exception {
    emulated = Emulated.start();
    emulator = emulated.emulator;
    sandboxes = emulated.sandboxes();
  }

  @AfterEach
  void tearDown() {
    sandboxes.close();
    emulated.close();
  }

  private SandboxException refusal(SandboxSpec spec) {
    return assertThrows(SandboxException.class, () -> sandboxes.open(spec));
  }

  @Test
  void whatWorkedOnceIsNoMistakeOfTheConfiguration() throws Exception {
    sandboxes.open(SPEC).close();
    for (String code : new String[] {"UNAUTHENTICATED", "PERMISSION_DENIED", "INVALID_ARGUMENT"}) {
      var fault = emulator.faults().inject("rpc-fail:rpc=SandboxCreateV2,code=" + code);

      SandboxException e = refusal(SPEC);
      fault.stop();

      assertThat(e).isNotInstanceOf(SandboxSetupException.class);
      assertThat(e.retryable()).isTrue();
      assertThat(e).hasMessageThat().contains(code);
    }
    sandboxes.open(SPEC).close();
  }

  @Test
  void whatNeverWorkedStopsEverybody() {
    emulator.faults().inject("rpc-fail:rpc=SandboxCreateV2,code=PERMISSION_DENIED");

    assertThat(refusal(SPEC)).isInstanceOf(SandboxSetupException.class);
  }

  @Test
  void troubleOfOneSandboxIsNotEverybodys() {
    emulator.faults().inject("rpc-fail:rpc=SandboxGetTunnels,code=NOT_FOUND");

    SandboxException e =
        refusal(SPEC.withCloud(CloudSpec.defaults().toBuilder().gpu("T4").build()));

    assertThat(e.retryable()).isTrue();
    assertThat(e.sandboxId()).startsWith("sb-");
    assertThat(emulator.runningSandboxes()).isEmpty();
  }

  /** The first answer is lost, and the second is long in coming: Modal has one, nobody knows it. */
  private CompletableFuture<Throwable> openUnknowingly(Thread[] opener) throws Exception {
    sandboxes.open(SPEC).close(); // image and token are there
    emulator.requests().clear();
    emulator.faults().inject("rpc-fail:rpc=SandboxCreateV2,code=UNAVAILABLE,when=after,times=1");
    emulator.faults().inject("rpc-slow:rpc=SandboxCreateV2,delay=1s");
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    opener[0] =
        new Thread(
            () -> {
              try {
                Sandbox sandbox = sandboxes.open(SPEC);
                end.completeExceptionally(new AssertionError(sandbox.id() + " was opened"));
              } catch (InterruptedException | RuntimeException e) {
                end.complete(e);
              }
            });
    opener[0].start();
    assertThat(Until.holds(() -> emulator.requests().of("SandboxCreateV2") == 2)).isTrue();
    assertThat(emulator.runningSandboxes()).hasSize(1);
    return end;
  }

  @Test
  void whoeverIsInterruptedWhileASandboxIsMadeLeavesNone() throws Exception {
    Thread[] opener = new Thread[1];
    CompletableFuture<Throwable> end = openUnknowingly(opener);

    opener[0].interrupt();

    assertThat(end.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    assertThat(emulator.runningSandboxes()).isEmpty();
    assertThat(emulator.sandboxes()).hasSize(2);
  }

  @Test
  void closingWhileASandboxIsMadeLeavesNone() throws Exception {
    CompletableFuture<Throwable> end = openUnknowingly(new Thread[1]);

    sandboxes.close();

    assertThat(emulator.runningSandboxes()).isEmpty();
    assertThat(end.get(20, TimeUnit.SECONDS)).isNotInstanceOf(AssertionError.class);
    assertThat(emulator.sandboxes()).hasSize(2);
  }

  @Test
  void anImageThatCannotBeBuiltIsTriedOnce() {
    SandboxSpec spec =
        SPEC.withCloud(
            CloudSpec.defaults().toBuilder()
                .image(SandboxImage.debianSlim("3.11").runCommands("exit 1"))
                .build());

    String first = String.valueOf(refusal(spec).getMessage());
    int calls = emulator.requests().of("ImageGetOrCreate");

    assertThat(refusal(spec)).hasMessageThat().isEqualTo(first);
    assertThat(emulator.requests().of("ImageGetOrCreate")).isEqualTo(calls);
  }

  @Test
  void whatWaitsForAMachineHasNoAge() throws Exception {
    emulator.faults().inject("rpc-slow:rpc=SandboxGetTaskId,delay=2s");
    long start = System.nanoTime();
    SandboxSpec gpu = SPEC.withCloud(CloudSpec.defaults().toBuilder().gpu("T4").build());
    try (Sandbox sandbox = sandboxes.open(gpu)) {
      Duration age = sandbox.age();
      Duration waited = Duration.ofNanos(System.nanoTime() - start);
      assertThat(age).isLessThan(waited.minusMillis(1_900));
    }
  }

  @Test
  void aTunnelWithAnotherCertificateLaterIsNoMistakeOfTheConfiguration() throws Exception {
    PoolOptions options = PoolOptions.defaults().withSpec(SPEC.withLease(Duration.ofSeconds(3)));
    try (SessionPool pool = SessionPool.over(new OtherTrust(sandboxes), options)) {
      SessionPool.Request request =
          new SessionPool.Request("task", List.of(), "", Duration.ofSeconds(30));

      SandboxException e =
          assertThrows(
              SandboxException.class, () -> pool.open(request, query -> new CompletableFuture<>()));

      assertThat(e).isNotInstanceOf(SandboxSetupException.class);
      assertThat(e.retryable()).isTrue();
    }
  }

  @Test
  void aSandboxThatModalKnowsLateIsNotLost() throws Exception {
    var fault = emulator.faults().inject("rpc-fail:rpc=SandboxWaitV2,code=NOT_FOUND,times=1");
    try (Sandbox sandbox = sandboxes.open(SPEC)) {
      assertThat(Until.holds(() -> fault.struck() == 1)).isTrue();
      assertThat(Until.holds(() -> emulator.requests().of("SandboxWaitV2") >= 2)).isTrue();
      assertThat(sandbox.isAlive()).isTrue();
    }
  }

  @Test
  void whatModalDoesNotKnowIsLostAndEndedAllTheSame() throws Exception {
    emulator.faults().inject("rpc-fail:rpc=SandboxWaitV2,code=NOT_FOUND");
    Sandbox sandbox = sandboxes.open(SPEC);

    assertThat(Until.holds(() -> !sandbox.isAlive())).isTrue();
    sandbox.close();

    assertThat(emulator.runningSandboxes()).isEmpty();
  }

  @Test
  void aModalThatCannotBeAskedLosesNoSandbox() throws Exception {
    try (SessionPool pool = SessionPool.over(sandboxes, PoolOptions.defaults());
        ReplSession session =
            pool.open(
                new SessionPool.Request("task", List.of(), "", Duration.ofSeconds(30)),
                query -> new CompletableFuture<>())) {
      emulator.faults().inject("rpc-fail:rpc=SandboxWaitV2,code=UNAUTHENTICATED,rate=0.5");
      emulator.faults().inject("rpc-fail:rpc=SandboxWaitV2,code=UNAVAILABLE");

      ExecutionResult result =
          session.execute("import time; time.sleep(14); print(1)", Duration.ofSeconds(30));

      assertThat(emulator.faults().all().get(1).struck()).isAtLeast(1);
      assertThat(result.stdout()).isEqualTo("1\n");
    }
  }

  /** Opens what is believed, and then the pool does not believe it. */
  private record OtherTrust(Sandboxes sandboxes) implements Sandboxes {
    @Override
    public Sandbox open(SandboxSpec spec) throws InterruptedException {
      return sandboxes.open(spec);
    }

    @Override
    public boolean sessionsApart() {
      return sandboxes.sessionsApart();
    }

    @Override
    public String describe() {
      return sandboxes.describe();
    }

    @Override
    public void close() {
      // they are the test's
    }
  }
}
