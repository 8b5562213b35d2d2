package dev.rlmbeam.sandbox.modal;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.CloudSpec;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.TunnelTrust;
import dev.rlmbeam.sandbox.modal.proto.AppGetOrCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.AppGetOrCreateResponse;
import dev.rlmbeam.sandbox.modal.proto.AuthTokenGetRequest;
import dev.rlmbeam.sandbox.modal.proto.AuthTokenGetResponse;
import dev.rlmbeam.sandbox.modal.proto.EnvironmentGetOrCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.EnvironmentGetOrCreateResponse;
import dev.rlmbeam.sandbox.modal.proto.GenericResult;
import dev.rlmbeam.sandbox.modal.proto.ImageGetOrCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.ImageGetOrCreateResponse;
import dev.rlmbeam.sandbox.modal.proto.ImageJoinStreamingRequest;
import dev.rlmbeam.sandbox.modal.proto.ImageJoinStreamingResponse;
import dev.rlmbeam.sandbox.modal.proto.ModalClientGrpc;
import dev.rlmbeam.sandbox.modal.proto.SandboxTerminateRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxTerminateResponse;
import dev.rlmbeam.sandbox.modal.proto.SandboxWaitRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxWaitResponse;
import dev.rlmbeam.sandbox.testing.emulator.Until;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the emulator is too good for: a server with another certificate, few streams, bad ends. */
@Timeout(60)
final class ModalWireTest {
  private static final int STREAMS = 100;

  private final Service service = new Service();
  private Server server;

  @AfterEach
  void tearDown() {
    if (server != null) {
      server.shutdownNow();
    }
  }

  private URI start(ServerCredentials credentials, String scheme) throws Exception {
    server =
        OkHttpServerBuilder.forPort(0, credentials)
            .maxConcurrentCallsPerConnection(STREAMS)
            .addService(service)
            .build()
            .start();
    return URI.create(scheme + "://localhost:" + server.getPort());
  }

  private static ModalConfig at(URI url) {
    return ModalConfig.of(new ModalToken("ak-mine", "as-secret")).withServerUrl(url);
  }

  private SandboxException refusal(URI url, TunnelTrust trust) throws Exception {
    try (ModalSandboxes sandboxes =
        ModalSandboxes.create(at(url), ModalOptions.defaults().withTrust(trust))) {
      return assertThrows(SandboxException.class, () -> sandboxes.buildImage(CloudSpec.defaults()));
    }
  }

  @Test
  void aServerWithACertificateThatNobodyVouchesForIsRefusedAtOnce() throws Exception {
    HeldCertificate own =
        new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
    URI url =
        start(
            TlsServerCredentials.create(
                stream(own.certificatePem()), stream(own.privateKeyPkcs8Pem())),
            "https");

    SandboxException e = refusal(url, TunnelTrust.ofSystem());

    assertThat(e).isInstanceOf(SandboxSetupException.class);
    assertThat(e).hasMessageThat().contains("--modalCaCertificate");
    assertThat(service.tokens.get()).isEqualTo(0);
    SandboxException known = refusal(url, TunnelTrust.also(own.certificatePem(), "the test"));
    assertThat(known).hasMessageThat().contains("no more room");
  }

  private static ByteArrayInputStream stream(String pem) {
    return new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aServerThatDoesNotAnswerHasRefusedNothing() throws Exception {
    SandboxException e = refusal(URI.create("http://127.0.0.1:1"), TunnelTrust.ofSystem());

    assertThat(e).hasMessageThat().contains("did not answer");
    assertThat(e).hasMessageThat().doesNotContain("refused AuthTokenGet");
  }

  @Test
  void aBuildThatWasBrokenOffMayBeTriedAgain() throws Exception {
    SandboxException e = refusal(start(InsecureServerCredentials.create(), "http"), trust());

    assertThat(e).hasMessageThat().contains("no more room");
    assertThat(e).isNotInstanceOf(SandboxSetupException.class);
    assertThat(e.retryable()).isTrue();
  }

  @Test
  void aTokenThatIsWithdrawnDuringABuildIsFetchedAnew() throws Exception {
    service.joinsRefused.set(1);

    SandboxException e = refusal(start(InsecureServerCredentials.create(), "http"), trust());

    assertThat(e).hasMessageThat().contains("no more room");
    assertThat(service.tokens.get()).isEqualTo(2);
  }

  @Test
  void anEmptyTokenIsAFaultOfModals() throws Exception {
    service.token = "";

    SandboxException e = refusal(start(InsecureServerCredentials.create(), "http"), trust());

    assertThat(e).hasMessageThat().contains("empty token");
    assertThat(e.retryable()).isTrue();
  }

  private static TunnelTrust trust() {
    return TunnelTrust.ofSystem();
  }

  @Test
  void manyWhoWaitForTheirSandboxesLetOtherCallsThrough() throws Exception {
    URI url = start(InsecureServerCredentials.create(), "http");
    try (ModalCalls calls = new ModalCalls(at(url), trust());
        SandboxWatch watch = new SandboxWatch(calls)) {
      for (int i = 0; i < STREAMS + 10; i++) {
        var unused = watch.watch("sb-local-" + i, outcome -> {});
      }
      assertThat(Until.holds(() -> service.waiting.get() >= STREAMS)).isTrue();
      long start = System.nanoTime();

      ModalSandbox.terminate(calls, "sb-local-1");

      assertThat(service.terminated.get()).isEqualTo(1);
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(4));
      assertThat(Until.holds(() -> service.waiting.get() == STREAMS + 10)).isTrue();
    }
  }

  /** Just so much of Modal. Its sandboxes run for ever, and no image is finished. */
  private static final class Service extends ModalClientGrpc.ModalClientImplBase {
    private volatile String token = "t";
    private final AtomicInteger tokens = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger terminated = new AtomicInteger();
    private final AtomicInteger joinsRefused = new AtomicInteger();

    private static <A> void answer(StreamObserver<A> to, A answer) {
      to.onNext(answer);
      to.onCompleted();
    }

    private String issued() {
      int number = tokens.incrementAndGet();
      return token.isEmpty() ? "" : token + number;
    }

    @Override
    public void authTokenGet(AuthTokenGetRequest request, StreamObserver<AuthTokenGetResponse> to) {
      answer(to, AuthTokenGetResponse.newBuilder().setToken(issued()).build());
    }

    @Override
    public void appGetOrCreate(
        AppGetOrCreateRequest request, StreamObserver<AppGetOrCreateResponse> to) {
      answer(to, AppGetOrCreateResponse.newBuilder().setAppId("ap-1").build());
    }

    @Override
    public void environmentGetOrCreate(
        EnvironmentGetOrCreateRequest request, StreamObserver<EnvironmentGetOrCreateResponse> to) {
      answer(to, EnvironmentGetOrCreateResponse.getDefaultInstance());
    }

    @Override
    public void imageGetOrCreate(
        ImageGetOrCreateRequest request, StreamObserver<ImageGetOrCreateResponse> to) {
      answer(to, ImageGetOrCreateResponse.newBuilder().setImageId("im-1").build());
    }

    @Override
    public void imageJoinStreaming(
        ImageJoinStreamingRequest request, StreamObserver<ImageJoinStreamingResponse> to) {
      if (joinsRefused.getAndDecrement() > 0) {
        to.onError(Status.UNAUTHENTICATED.withDescription("withdrawn").asRuntimeException());
        return;
      }
      answer(
          to,
          ImageJoinStreamingResponse.newBuilder()
              .setResult(
                  GenericResult.newBuilder()
                      .setStatus(GenericResult.GenericStatus.GENERIC_STATUS_INTERNAL_FAILURE)
                      .setException("no more room"))
              .build());
    }

    @Override
    public void sandboxWaitV2(SandboxWaitRequest request, StreamObserver<SandboxWaitResponse> to) {
      waiting.incrementAndGet(); // and never answered
    }

    @Override
    public void sandboxTerminateV2(
        SandboxTerminateRequest request, StreamObserver<SandboxTerminateResponse> to) {
      terminated.incrementAndGet();
      answer(to, SandboxTerminateResponse.getDefaultInstance());
    }
  }
}
