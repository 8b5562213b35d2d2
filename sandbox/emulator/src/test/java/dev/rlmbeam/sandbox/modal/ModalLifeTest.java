package dev.rlmbeam.sandbox.modal;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.CloudSpec;
import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.testing.emulator.ModalEmulator;
import dev.rlmbeam.sandbox.testing.emulator.Until;
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
}
