package dev.rlmbeam.sandbox.testing.emulator;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.TunnelTrust;
import dev.rlmbeam.sandbox.local.LocalIsolation;
import dev.rlmbeam.sandbox.modal.ModalConfig;
import dev.rlmbeam.sandbox.modal.ModalOptions;
import dev.rlmbeam.sandbox.modal.ModalSandboxes;
import dev.rlmbeam.sandbox.modal.ModalToken;
import dev.rlmbeam.sandbox.modal.proto.PortSpec;
import dev.rlmbeam.sandbox.pool.PoolOptions;
import dev.rlmbeam.sandbox.pool.SessionPool;
import dev.rlmbeam.sandbox.repl.ModelAnswer;
import dev.rlmbeam.sandbox.repl.ReplSession;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More than one at a time, and how far away one feels. */
@Timeout(120)
final class ManySandboxesTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private static ModalSandboxes sandboxes(ModalEmulator modal) {
    ModalToken token = new ModalToken(modal.tokenId(), modal.tokenSecret());
    return ModalSandboxes.create(
        ModalConfig.of(token).withServerUrl(URI.create(modal.serverUrl())),
        ModalOptions.defaults()
            .withCreatesPerSecond(100)
            .withTrust(TunnelTrust.alsoIn(modal.caCertificate())));
  }

  @Test
  void tenAreOpenedAtOnceAndNoneIsLeft() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(10);
    try (ModalEmulator modal = ModalEmulator.start(EmulatorOptions.defaults());
        ModalSandboxes sandboxes = sandboxes(modal)) {
      List<Future<Sandbox>> opening = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        opening.add(threads.submit(() -> sandboxes.open(SandboxSpec.defaults())));
      }
      for (Future<Sandbox> one : opening) {
        assertThat(one.get(60, TimeUnit.SECONDS).isAlive()).isTrue();
      }
      assertThat(modal.runningSandboxes()).hasSize(10);

      for (Future<Sandbox> one : opening) {
        one.get().close();
      }

      assertThat(modal.runningSandboxes()).isEmpty();
      assertThat(modal.requests().violations()).isEmpty();
    } finally {
      threads.shutdownNow();
    }
  }

  /** A query takes one way there and one way back: what is added is no more than the machine's. */
  @Test
  void aQueryTakesOneRoundTrip() throws Exception {
    Duration latency = Duration.ofMillis(40);
    try (ModalEmulator modal =
            ModalEmulator.start(EmulatorOptions.builder().tunnelLatency(latency).build());
        ModalSandboxes sandboxes = sandboxes(modal);
        SessionPool pool = SessionPool.over(sandboxes, PoolOptions.defaults());
        ReplSession session =
            pool.open(
                new SessionPool.Request("task", List.of(), "bundle", TIMEOUT),
                query -> CompletableFuture.completedFuture(ModelAnswer.of(List.of("a"))))) {
      String code =
          """
          import time
          took = []
          for _ in range(20):
              start = time.monotonic()
              llm_query('q')
              took.append(time.monotonic() - start)
          print(int(sorted(took)[10] * 1000))
          """;

      int millis = Integer.parseInt(session.execute(code, TIMEOUT).stdout().strip());

      assertThat(millis).isAtLeast(80);
      assertThat(millis).isLessThan(160); // two round trips
    }
  }

  @Test
  void aPlainProcessListensOnTheMachineItself() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    try (ModalEmulator modal =
            ModalEmulator.start(EmulatorOptions.builder().isolation(LocalIsolation.NONE).build());
        Caller caller = new Caller(modal)) {
      var definition =
          caller
              .definition("sleep", "600")
              .setOpenPorts(Caller.ports(PortSpec.newBuilder().setPort(port)));
      var first = caller.create(definition);
      var second = caller.create(definition);

      assertThat(modal.isolationName()).isEqualTo("none");
      assertThat(first.getTunnels(0).getPort()).isNotEqualTo(port);
      assertThat(caller.await(second.getSandboxId(), 30).getResult().getException())
          .contains("cannot listen on port " + port + ": it is taken");
    }
  }
}
