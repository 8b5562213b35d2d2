package dev.rlmbeam.sandbox.testing.emulator;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.TunnelTrust;
import dev.rlmbeam.sandbox.modal.ModalConfig;
import dev.rlmbeam.sandbox.modal.ModalOptions;
import dev.rlmbeam.sandbox.modal.ModalSandboxes;
import dev.rlmbeam.sandbox.modal.ModalToken;
import dev.rlmbeam.sandbox.pool.PoolOptions;
import dev.rlmbeam.sandbox.pool.SessionPool;
import dev.rlmbeam.sandbox.repl.ExecutionResult;
import dev.rlmbeam.sandbox.repl.ModelAnswer;
import dev.rlmbeam.sandbox.repl.ReplSession;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How a test of one's own uses the emulator: code runs in a sandbox that Modal's client opened. */
@Timeout(90)
final class ModalEmulatorExtensionTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @RegisterExtension
  static final ModalEmulatorExtension MODAL =
      ModalEmulatorExtension.with(EmulatorOptions.defaults());

  private static ModalSandboxes sandboxes(ModalEmulator modal) {
    ModalToken token = new ModalToken(modal.tokenId(), modal.tokenSecret());
    return ModalSandboxes.create(
        ModalConfig.of(token).withServerUrl(URI.create(modal.serverUrl())),
        ModalOptions.defaults().withTrust(TunnelTrust.alsoIn(modal.caCertificate())));
  }

  @Test
  void opensASandbox(ModalEmulator modal) throws Exception {
    try (ModalSandboxes sandboxes = sandboxes(modal);
        Sandbox sandbox = sandboxes.open(SandboxSpec.defaults())) {
      assertThat(sandbox.isAlive()).isTrue();
      assertThat(modal.runningSandboxes()).hasSize(1);
    }

    assertThat(modal.runningSandboxes()).isEmpty();
  }

  @Test
  void runsCodeThatAsksAModel() throws Exception {
    try (ModalSandboxes sandboxes = sandboxes(MODAL.emulator());
        SessionPool pool = SessionPool.over(sandboxes, PoolOptions.defaults());
        ReplSession session =
            pool.open(
                new SessionPool.Request("task", List.of(), "bundle", TIMEOUT),
                query -> CompletableFuture.completedFuture(ModelAnswer.of(List.of("an answer"))))) {
      ExecutionResult result = session.execute("print(llm_query('a question'))", TIMEOUT);

      assertThat(result.stdout()).isEqualTo("an answer\n");
    }

    assertThat(MODAL.emulator().runningSandboxes()).isEmpty();
  }
}
