package dev.rlmbeam.sandbox.modal;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.testing.emulator.EmulatedSandbox;
import dev.rlmbeam.sandbox.testing.emulator.EmulatorOptions;
import dev.rlmbeam.sandbox.testing.emulator.InjectedFault;
import dev.rlmbeam.sandbox.testing.emulator.ModalEmulator;
import dev.rlmbeam.sandbox.testing.emulator.RecordedRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How calls are repeated, put off and let go: as the emulator sees it. */
final class ModalCallsTest {
  private static final SandboxSpec SPEC = SandboxSpec.defaults();

  private Emulated emulated;
  private ModalEmulator emulator;

  @BeforeEach
  void setUp() throws Exception {
    emulated = Emulated.start(EmulatorOptions.builder().listPageSize(2).build());
    emulator = emulated.emulator;
  }

  @AfterEach
  void tearDown() {
    emulated.close();
  }

  private InjectedFault inject(String fault) {
    return emulator.faults().inject(fault);
  }

  private List<RecordedRequest> creations() {
    return emulator.requests().recorded().stream()
        .filter(request -> request.rpc().equals("SandboxCreateV2"))
        .collect(Collectors.toList());
  }

  private static List<String> header(List<RecordedRequest> requests, String name) {
    return requests.stream().map(request -> request.metadata().getOrDefault(name, "")).toList();
  }

  private ModalException refusal(ModalConfig config) throws Exception {
    try (ModalSandboxes sandboxes = ModalSandboxes.create(config, emulated.options())) {
      return assertThrows(ModalException.class, () -> sandboxes.open(SPEC));
    }
  }

  @Test
  void anAnswerThatWasLostMakesNoSecondSandbox() throws Exception {
    InjectedFault fault =
        inject("rpc-fail:rpc=SandboxCreateV2,code=UNAVAILABLE,when=after,times=2");
    try (ModalSandboxes sandboxes = emulated.sandboxes();
        Sandbox sandbox = sandboxes.open(SPEC)) {
      assertThat(emulator.sandboxes().stream().map(EmulatedSandbox::id))
          .containsExactly(sandbox.id());
      assertThat(fault.struck()).isEqualTo(2);
      assertThat(header(creations(), "x-retry-attempt")).containsExactly("0", "1", "2").inOrder();
      assertThat(header(creations(), "x-idempotency-key").stream().distinct().toList()).hasSize(1);
    }
  }

  @Test
  void itGivesUpAfterFourTries() throws Exception {
    InjectedFault fault = inject("rpc-fail:rpc=SandboxCreateV2,code=INTERNAL");

    ModalException e = refusal(emulated.config());

    assertThat(e.kind()).isEqualTo(ModalException.Kind.INTERNAL);
    assertThat(e.call()).isEqualTo("SandboxCreateV2");
    assertThat(e.retryable()).isTrue();
    assertThat(fault.struck()).isEqualTo(4);
  }

  @Test
  void whatIsNoTroubleOfTheWayIsNotRepeated() throws Exception {
    InjectedFault fault = inject("rpc-fail:rpc=SandboxCreateV2,code=RESOURCE_EXHAUSTED");

    assertThat(refusal(emulated.config()).kind()).isEqualTo(ModalException.Kind.EXHAUSTED);
    assertThat(fault.struck()).isEqualTo(1);
  }

  @Test
  void modalMayPutACallOff() throws Exception {
    InjectedFault fault = inject("rpc-throttle:rpc=SandboxCreateV2,retryAfter=300ms,times=3");
    long start = System.nanoTime();
    try (ModalSandboxes sandboxes = emulated.sandboxes();
        Sandbox sandbox = sandboxes.open(SPEC)) {
      assertThat(sandbox.isAlive()).isTrue();
    }

    assertThat(System.nanoTime() - start).isAtLeast(Duration.ofMillis(900).toNanos());
    assertThat(fault.struck()).isEqualTo(3);
    assertThat(header(creations(), "x-retry-attempt").stream().distinct().toList())
        .containsExactly("0");
    assertThat(header(creations(), "x-throttle-retry-attempt"))
        .containsExactly("0", "1", "2", "3")
        .inOrder();
  }

  @Test
  void butNotForLongerThanIsAllowed() throws Exception {
    inject("rpc-throttle:rpc=SandboxCreateV2,retryAfter=400ms");

    ModalException e = refusal(emulated.config().withMaxThrottleWait(Duration.ofSeconds(1)));

    assertThat(e.kind()).isEqualTo(ModalException.Kind.EXHAUSTED);
    assertThat(e).hasMessageThat().contains("MODAL_MAX_THROTTLE_WAIT");
    assertThat(creations()).hasSize(3);
  }

  @Test
  void manyWhoBeginTogetherAreLetInAtTheRateThatIsAllowed() throws Exception {
    ModalOptions options = emulated.options().withCreatesPerSecond(2);
    inject("create-rate:perSecond=3");
    long start = System.nanoTime();
    try (ModalSandboxes sandboxes = ModalSandboxes.create(emulated.config(), options)) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        Thread thread =
            new Thread(
                () -> {
                  try {
                    sandboxes.open(SPEC).close();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
        thread.start();
        threads.add(thread);
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }

    // Two at once, then one each half a second: never so many that Modal has to put one off.
    assertThat(System.nanoTime() - start).isAtLeast(Duration.ofSeconds(2).toNanos());
    assertThat(creations()).hasSize(6);
    assertThat(emulator.sandboxes()).hasSize(6);
  }

  @Test
  void anAuthTokenIsFetchedAgainBeforeItIsOver() throws Exception {
    try (Emulated brief =
            Emulated.start(
                EmulatorOptions.builder().authTokenLifetime(Duration.ofSeconds(1)).build());
        ModalSandboxes sandboxes = brief.sandboxes()) {
      for (int i = 0; i < 3; i++) {
        sandboxes.open(SPEC).close();
        Thread.sleep(1_100); // the life of a token, which is the thing at hand
      }
      assertThat(brief.emulator.requests().of("AuthTokenGet")).isAtLeast(3);
    }
  }

  @Test
  void aClockThatIsWrongDoesNotStopAnything() throws Exception {
    inject("auth-clock-skew:by=90m");
    try (ModalSandboxes sandboxes = emulated.sandboxes();
        Sandbox sandbox = sandboxes.open(SPEC)) {
      assertThat(sandbox.isAlive()).isTrue();
    }
    assertThat(emulator.requests().of("AuthTokenGet")).isLessThan(4);
  }

  @Test
  void aSweepFindsAllPagesOfOneRunAndEndsThem() throws Exception {
    try (ModalSandboxes sandboxes = emulated.sandboxes();
        ModalSweep sweep = ModalSweep.open(emulated.config(), emulated.trust())) {
      for (int i = 0; i < 5; i++) {
        Sandbox unused = sandboxes.open(SPEC.withTag(SandboxSpec.RUN_TAG, "mine"));
      }
      Sandbox others = sandboxes.open(SPEC.withTag(SandboxSpec.RUN_TAG, "another"));

      List<ModalSweep.Found> found = sweep.find("rlm-sandbox", Map.of(SandboxSpec.RUN_TAG, "mine"));
      InjectedFault fault = inject("rpc-fail:rpc=SandboxTerminateV2,code=PERMISSION_DENIED");
      assertThat(sweep.terminate(found.get(0))).isFalse();
      fault.stop();
      for (ModalSweep.Found one : found) {
        assertThat(sweep.terminate(one)).isTrue();
      }

      assertThat(found).hasSize(5);
      assertThat(found.get(0).tags()).containsEntry(SandboxSpec.RUN_TAG, "mine");
      assertThat(emulator.runningSandboxes().stream().map(EmulatedSandbox::id))
          .containsExactly(others.id());
      assertThat(sweep.find("no-such-app", Map.of())).isEmpty();
      assertThat(emulator.requests().of("AppGetOrCreate")).isEqualTo(3);
    }
  }

  @Test
  void nothingThatIsSecretIsSentButWhereItBelongs() throws Exception {
    try (ModalSandboxes sandboxes = emulated.sandboxes();
        Sandbox sandbox = sandboxes.open(SPEC)) {
      String token = sandbox.token().authorization().substring("Bearer ".length());
      for (RecordedRequest request : emulator.requests().recorded()) {
        assertThat(request.message().toString()).doesNotContain(token);
        assertThat(request.message().toString()).doesNotContain(emulator.tokenSecret());
      }
      assertThat(emulator.requests().violations()).isEmpty();
    }
  }
}
