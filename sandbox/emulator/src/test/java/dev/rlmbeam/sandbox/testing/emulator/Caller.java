package dev.rlmbeam.sandbox.testing.emulator;

import dev.rlmbeam.sandbox.modal.proto.AppGetOrCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.AuthTokenGetRequest;
import dev.rlmbeam.sandbox.modal.proto.Image;
import dev.rlmbeam.sandbox.modal.proto.ImageGetOrCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.ImageGetOrCreateResponse;
import dev.rlmbeam.sandbox.modal.proto.ImageJoinStreamingRequest;
import dev.rlmbeam.sandbox.modal.proto.ImageJoinStreamingResponse;
import dev.rlmbeam.sandbox.modal.proto.ModalClientGrpc;
import dev.rlmbeam.sandbox.modal.proto.ModalClientGrpc.ModalClientBlockingStub;
import dev.rlmbeam.sandbox.modal.proto.ObjectCreationType;
import dev.rlmbeam.sandbox.modal.proto.PortSpec;
import dev.rlmbeam.sandbox.modal.proto.PortSpecs;
import dev.rlmbeam.sandbox.modal.proto.Sandbox;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateV2Request;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateV2Response;
import dev.rlmbeam.sandbox.modal.proto.SandboxWaitRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxWaitResponse;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A client of an emulator, as plain as can be. */
final class Caller implements AutoCloseable {
  private static final int SECONDS = 60;

  private final ManagedChannel channel;
  private final Metadata headers;

  Caller(ModalEmulator emulator) {
    URI url = URI.create(emulator.serverUrl());
    channel =
        OkHttpChannelBuilder.forAddress(
                url.getHost(), url.getPort(), InsecureChannelCredentials.create())
            .build();
    headers =
        headers(
            "x-modal-token-id", emulator.tokenId(), "x-modal-token-secret", emulator.tokenSecret());
  }

  static Metadata headers(String... namesAndValues) {
    Metadata headers = new Metadata();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.put(
          Metadata.Key.of(namesAndValues[i], Metadata.ASCII_STRING_MARSHALLER),
          namesAndValues[i + 1]);
    }
    return headers;
  }

  /** With these headers alone. */
  ModalClientBlockingStub with(Metadata only) {
    return ModalClientGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(only))
        .withDeadlineAfter(SECONDS, TimeUnit.SECONDS);
  }

  /** With the token, and what else goes with it. */
  ModalClientBlockingStub withToken(String... more) {
    Metadata all = headers(more);
    all.merge(headers);
    return with(all);
  }

  /** As whoever may call everything. */
  ModalClientBlockingStub api(String... more) {
    String token = withToken().authTokenGet(AuthTokenGetRequest.getDefaultInstance()).getToken();
    return withToken(more)
        .withInterceptors(
            MetadataUtils.newAttachHeadersInterceptor(headers("x-modal-auth-token", token)));
  }

  String app(String name) {
    return withToken()
        .appGetOrCreate(
            AppGetOrCreateRequest.newBuilder()
                .setAppName(name)
                .setObjectCreationType(ObjectCreationType.OBJECT_CREATION_TYPE_CREATE_IF_MISSING)
                .build())
        .getAppId();
  }

  ImageGetOrCreateResponse layer(Image.Builder image) {
    return withToken()
        .imageGetOrCreate(
            ImageGetOrCreateRequest.newBuilder()
                .setImage(image)
                .setBuilderVersion("2025.06")
                .build());
  }

  List<ImageJoinStreamingResponse> join(String imageId, String lastEntry, float seconds) {
    List<ImageJoinStreamingResponse> all = new ArrayList<>();
    withToken()
        .imageJoinStreaming(
            ImageJoinStreamingRequest.newBuilder()
                .setImageId(imageId)
                .setLastEntryId(lastEntry)
                .setTimeout(seconds)
                .build())
        .forEachRemaining(all::add);
    return all;
  }

  String image(String... commands) {
    return layer(Image.newBuilder().addAllDockerfileCommands(List.of(commands))).getImageId();
  }

  /** Of an image that can run everything here. */
  Sandbox.Builder definition(String... command) {
    return Sandbox.newBuilder()
        .setImageId(image("FROM python:3.12-slim"))
        .addAllEntrypointArgs(List.of(command))
        .setTimeoutSecs(300);
  }

  static PortSpecs ports(PortSpec.Builder... ports) {
    PortSpecs.Builder specs = PortSpecs.newBuilder();
    for (PortSpec.Builder port : ports) {
      specs.addPorts(port);
    }
    return specs.build();
  }

  SandboxCreateV2Response create(Sandbox.Builder definition) {
    return api()
        .sandboxCreateV2(
            SandboxCreateV2Request.newBuilder()
                .setAppId(app("tests"))
                .setDefinition(definition)
                .build());
  }

  String createOld(Sandbox.Builder definition) {
    return api()
        .sandboxCreate(
            SandboxCreateRequest.newBuilder()
                .setAppId(app("tests"))
                .setDefinition(definition)
                .build())
        .getSandboxId();
  }

  SandboxWaitResponse await(String id, float seconds) {
    return api()
        .sandboxWaitV2(
            SandboxWaitRequest.newBuilder().setSandboxId(id).setTimeout(seconds).build());
  }

  /** The status of a call that has to fail. */
  static Status refusal(Runnable call) {
    try {
      call.run();
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
    throw new AssertionError("nothing was refused");
  }

  @Override
  public void close() {
    channel.shutdownNow();
    try {
      channel.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
