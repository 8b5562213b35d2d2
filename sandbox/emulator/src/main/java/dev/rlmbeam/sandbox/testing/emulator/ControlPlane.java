package dev.rlmbeam.sandbox.testing.emulator;

import com.google.protobuf.Empty;
import dev.rlmbeam.sandbox.modal.proto.AppGetOrCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.AppGetOrCreateResponse;
import dev.rlmbeam.sandbox.modal.proto.AuthTokenGetRequest;
import dev.rlmbeam.sandbox.modal.proto.AuthTokenGetResponse;
import dev.rlmbeam.sandbox.modal.proto.ClientHelloResponse;
import dev.rlmbeam.sandbox.modal.proto.EnvironmentGetOrCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.EnvironmentGetOrCreateResponse;
import dev.rlmbeam.sandbox.modal.proto.ImageFromIdRequest;
import dev.rlmbeam.sandbox.modal.proto.ImageFromIdResponse;
import dev.rlmbeam.sandbox.modal.proto.ImageGetOrCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.ImageGetOrCreateResponse;
import dev.rlmbeam.sandbox.modal.proto.ImageJoinStreamingRequest;
import dev.rlmbeam.sandbox.modal.proto.ImageJoinStreamingResponse;
import dev.rlmbeam.sandbox.modal.proto.ModalClientGrpc;
import dev.rlmbeam.sandbox.modal.proto.Proxy;
import dev.rlmbeam.sandbox.modal.proto.ProxyGetRequest;
import dev.rlmbeam.sandbox.modal.proto.ProxyGetResponse;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateResponse;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateV2Request;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateV2Response;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetFromNameRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetFromNameResponse;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetLogsRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetTaskIdRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetTaskIdResponse;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetTunnelsRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetTunnelsResponse;
import dev.rlmbeam.sandbox.modal.proto.SandboxListRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxListResponse;
import dev.rlmbeam.sandbox.modal.proto.SandboxTagsGetRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxTagsGetResponse;
import dev.rlmbeam.sandbox.modal.proto.SandboxTagsSetRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxTerminateRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxTerminateResponse;
import dev.rlmbeam.sandbox.modal.proto.SandboxWaitRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxWaitResponse;
import dev.rlmbeam.sandbox.modal.proto.SecretGetOrCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.SecretGetOrCreateResponse;
import dev.rlmbeam.sandbox.modal.proto.TaskLogsBatch;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Modal's service: which part of the emulator answers what. Thread-safe. */
final class ControlPlane extends ModalClientGrpc.ModalClientImplBase {
  private final IssuedTokens tokens;
  private final EmulatorFaults faults;
  private final EmulatedApps apps;
  private final EmulatedSecrets secrets;
  private final EmulatedImages images;
  private final SandboxRegistry registry;
  private final SandboxCalls sandboxes;
  private final SandboxLogs logs;
  private final Idempotency idempotency;

  ControlPlane(
      IssuedTokens tokens,
      EmulatorFaults faults,
      EmulatedApps apps,
      EmulatedSecrets secrets,
      EmulatedImages images,
      SandboxRegistry registry,
      SandboxCalls sandboxes,
      Idempotency idempotency) {
    this.tokens = tokens;
    this.faults = faults;
    this.apps = apps;
    this.secrets = secrets;
    this.images = images;
    this.registry = registry;
    this.sandboxes = sandboxes;
    this.idempotency = idempotency;
    logs = new SandboxLogs(registry);
  }

  private static Optional<String> idempotencyKey() {
    return Optional.ofNullable(CallGuard.IDEMPOTENCY_KEY.get());
  }

  @Override
  public void authTokenGet(AuthTokenGetRequest request, StreamObserver<AuthTokenGetResponse> to) {
    Answers.give(
        to,
        () -> AuthTokenGetResponse.newBuilder().setToken(tokens.issue(faults.clockSkew())).build());
  }

  @Override
  public void clientHello(Empty request, StreamObserver<ClientHelloResponse> to) {
    Answers.give(
        to,
        () ->
            ClientHelloResponse.newBuilder()
                .setImageBuilderVersion(EmulatedApps.BUILDER_VERSION)
                .build());
  }

  @Override
  public void appGetOrCreate(
      AppGetOrCreateRequest request, StreamObserver<AppGetOrCreateResponse> to) {
    Answers.give(
        to, () -> AppGetOrCreateResponse.newBuilder().setAppId(apps.getOrCreate(request)).build());
  }

  @Override
  public void environmentGetOrCreate(
      EnvironmentGetOrCreateRequest request, StreamObserver<EnvironmentGetOrCreateResponse> to) {
    Answers.give(to, () -> apps.environment(request));
  }

  @Override
  public void secretGetOrCreate(
      SecretGetOrCreateRequest request, StreamObserver<SecretGetOrCreateResponse> to) {
    Answers.giveLater(
        to,
        () ->
            idempotency.once(
                "SecretGetOrCreate",
                idempotencyKey(),
                () ->
                    CompletableFuture.completedFuture(
                        SecretGetOrCreateResponse.newBuilder()
                            .setSecretId(secrets.getOrCreate(request))
                            .build())));
  }

  @Override
  public void proxyGet(ProxyGetRequest request, StreamObserver<ProxyGetResponse> to) {
    Answers.give(
        to,
        () -> {
          String id = registry.proxyId(request.getName());
          return ProxyGetResponse.newBuilder()
              .setProxy(Proxy.newBuilder().setName(request.getName()).setProxyId(id))
              .build();
        });
  }

  @Override
  public void imageGetOrCreate(
      ImageGetOrCreateRequest request, StreamObserver<ImageGetOrCreateResponse> to) {
    Answers.give(to, () -> images.getOrCreate(request));
  }

  @Override
  public void imageJoinStreaming(
      ImageJoinStreamingRequest request, StreamObserver<ImageJoinStreamingResponse> to) {
    Answers.stream(to, () -> images.join(request, to::onNext));
  }

  @Override
  public void imageFromId(ImageFromIdRequest request, StreamObserver<ImageFromIdResponse> to) {
    Answers.give(
        to,
        () ->
            ImageFromIdResponse.newBuilder().setImageId(images.find(request.getImageId())).build());
  }

  @Override
  public void sandboxCreate(
      SandboxCreateRequest request, StreamObserver<SandboxCreateResponse> to) {
    Answers.giveLater(
        to,
        () -> idempotency.once("SandboxCreate", idempotencyKey(), () -> sandboxes.create(request)));
  }

  @Override
  public void sandboxCreateV2(
      SandboxCreateV2Request request, StreamObserver<SandboxCreateV2Response> to) {
    Answers.giveLater(
        to,
        () ->
            idempotency.once("SandboxCreateV2", idempotencyKey(), () -> sandboxes.create(request)));
  }

  @Override
  public void sandboxGetTaskId(
      SandboxGetTaskIdRequest request, StreamObserver<SandboxGetTaskIdResponse> to) {
    Answers.giveLater(to, () -> sandboxes.taskId(request));
  }

  @Override
  public void sandboxGetTaskIdV2(
      SandboxGetTaskIdRequest request, StreamObserver<SandboxGetTaskIdResponse> to) {
    sandboxGetTaskId(request, to);
  }

  @Override
  public void sandboxGetTunnels(
      SandboxGetTunnelsRequest request, StreamObserver<SandboxGetTunnelsResponse> to) {
    Answers.giveLater(to, () -> sandboxes.tunnels(request));
  }

  @Override
  public void sandboxGetTunnelsV2(
      SandboxGetTunnelsRequest request, StreamObserver<SandboxGetTunnelsResponse> to) {
    sandboxGetTunnels(request, to);
  }

  @Override
  public void sandboxWait(SandboxWaitRequest request, StreamObserver<SandboxWaitResponse> to) {
    Answers.giveLater(to, () -> sandboxes.await(request));
  }

  @Override
  public void sandboxWaitV2(SandboxWaitRequest request, StreamObserver<SandboxWaitResponse> to) {
    sandboxWait(request, to);
  }

  @Override
  public void sandboxTerminate(
      SandboxTerminateRequest request, StreamObserver<SandboxTerminateResponse> to) {
    Answers.give(to, () -> sandboxes.terminate(request));
  }

  @Override
  public void sandboxTerminateV2(
      SandboxTerminateRequest request, StreamObserver<SandboxTerminateResponse> to) {
    sandboxTerminate(request, to);
  }

  @Override
  public void sandboxList(SandboxListRequest request, StreamObserver<SandboxListResponse> to) {
    Answers.give(to, () -> sandboxes.list(request, false));
  }

  @Override
  public void sandboxListV2(SandboxListRequest request, StreamObserver<SandboxListResponse> to) {
    Answers.give(to, () -> sandboxes.list(request, true));
  }

  @Override
  public void sandboxTagsGet(
      SandboxTagsGetRequest request, StreamObserver<SandboxTagsGetResponse> to) {
    Answers.give(to, () -> sandboxes.tags(request));
  }

  @Override
  public void sandboxTagsGetV2(
      SandboxTagsGetRequest request, StreamObserver<SandboxTagsGetResponse> to) {
    sandboxTagsGet(request, to);
  }

  @Override
  public void sandboxTagsSet(SandboxTagsSetRequest request, StreamObserver<Empty> to) {
    Answers.give(to, () -> sandboxes.setTags(request));
  }

  @Override
  public void sandboxTagsSetV2(SandboxTagsSetRequest request, StreamObserver<Empty> to) {
    sandboxTagsSet(request, to);
  }

  @Override
  public void sandboxGetFromName(
      SandboxGetFromNameRequest request, StreamObserver<SandboxGetFromNameResponse> to) {
    Answers.give(to, () -> sandboxes.named(request, false));
  }

  @Override
  public void sandboxGetFromNameV2(
      SandboxGetFromNameRequest request, StreamObserver<SandboxGetFromNameResponse> to) {
    Answers.give(to, () -> sandboxes.named(request, true));
  }

  @Override
  public void sandboxGetLogs(SandboxGetLogsRequest request, StreamObserver<TaskLogsBatch> to) {
    Answers.stream(to, () -> logs.follow(request, to));
  }
}
