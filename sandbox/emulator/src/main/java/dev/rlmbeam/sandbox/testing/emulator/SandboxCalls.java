package dev.rlmbeam.sandbox.testing.emulator;

import com.google.protobuf.Empty;
import dev.rlmbeam.sandbox.modal.proto.GenericResult;
import dev.rlmbeam.sandbox.modal.proto.GenericResult.GenericStatus;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateResponse;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateV2Request;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateV2Response;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetFromNameRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetFromNameResponse;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetTaskIdRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetTaskIdResponse;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetTunnelsRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetTunnelsResponse;
import dev.rlmbeam.sandbox.modal.proto.SandboxHandleMetadata;
import dev.rlmbeam.sandbox.modal.proto.SandboxInfo;
import dev.rlmbeam.sandbox.modal.proto.SandboxListRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxListResponse;
import dev.rlmbeam.sandbox.modal.proto.SandboxTag;
import dev.rlmbeam.sandbox.modal.proto.SandboxTagsGetRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxTagsGetResponse;
import dev.rlmbeam.sandbox.modal.proto.SandboxTagsSetRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxTerminateRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxTerminateResponse;
import dev.rlmbeam.sandbox.modal.proto.SandboxWaitRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxWaitResponse;
import dev.rlmbeam.sandbox.modal.proto.TaskInfo;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What is asked about sandboxes, the same for both backends but for their creation. Thread-safe.
 */
final class SandboxCalls {
  private static final float MAX_SECONDS = 600;

  private final SandboxRegistry registry;
  private final SandboxFactory factory;

  SandboxCalls(SandboxRegistry registry, SandboxFactory factory) {
    this.registry = registry;
    this.factory = factory;
  }

  /** The older backend answers before the sandbox has a place. */
  CompletableFuture<SandboxCreateResponse> create(SandboxCreateRequest request) {
    RunningSandbox sandbox =
        registry.create(
            new SandboxRegistry.Order(
                false,
                request.getAppId(),
                request.getDefinition(),
                factory.environment(request.getDefinition()),
                request.getTagsList()));
    return CompletableFuture.completedFuture(
        SandboxCreateResponse.newBuilder()
            .setSandboxId(sandbox.identity().id())
            .setMetadata(metadata(sandbox))
            .build());
  }

  /** The newer one answers with the tunnels, those that are encrypted. */
  CompletableFuture<SandboxCreateV2Response> create(SandboxCreateV2Request request) {
    RunningSandbox sandbox =
        registry.create(
            new SandboxRegistry.Order(
                true,
                request.getAppId(),
                request.getDefinition(),
                factory.environment(request),
                request.getTagsList()));
    return sandbox
        .placed()
        .thenApply(
            unused ->
                SandboxCreateV2Response.newBuilder()
                    .setSandboxId(sandbox.identity().id())
                    .setTaskId(sandbox.identity().taskId())
                    .addAllTunnels(
                        sandbox.tunnels().stream().filter(one -> one.getPort() > 0).toList())
                    .setMetadata(metadata(sandbox))
                    .build());
  }

  private static SandboxHandleMetadata metadata(RunningSandbox sandbox) {
    SandboxHandleMetadata.Builder metadata =
        SandboxHandleMetadata.newBuilder().setAppId(sandbox.identity().appId());
    sandbox.result().ifPresent(metadata::setResult);
    return metadata.build();
  }

  /** Waits until something is so, or the time is over. */
  private static CompletableFuture<Void> within(float seconds, CompletableFuture<?> what) {
    long millis = (long) (Math.max(0, Math.min(MAX_SECONDS, seconds)) * 1000);
    CompletableFuture<Void> done = what.thenAccept(unused -> {});
    return millis == 0
        ? CompletableFuture.completedFuture(null)
        : done.completeOnTimeout(null, millis, TimeUnit.MILLISECONDS);
  }

  CompletableFuture<SandboxGetTaskIdResponse> taskId(SandboxGetTaskIdRequest request) {
    RunningSandbox sandbox = registry.require(request.getSandboxId());
    return within(request.getTimeout(), sandbox.placed())
        .thenApply(
            unused -> {
              SandboxGetTaskIdResponse.Builder answer = SandboxGetTaskIdResponse.newBuilder();
              if (sandbox.started()) {
                answer.setTaskId(sandbox.identity().taskId());
              }
              sandbox.result().ifPresent(answer::setTaskResult);
              return answer.build();
            });
  }

  CompletableFuture<SandboxGetTunnelsResponse> tunnels(SandboxGetTunnelsRequest request) {
    RunningSandbox sandbox = registry.require(request.getSandboxId());
    return within(request.getTimeout(), sandbox.placed())
        .thenApply(
            unused -> {
              GenericResult result =
                  sandbox.placed().isDone()
                      ? sandbox.result().orElse(Results.SUCCESS)
                      : Results.of(GenericStatus.GENERIC_STATUS_TIMEOUT, "no tunnels yet");
              return SandboxGetTunnelsResponse.newBuilder()
                  .setResult(result)
                  .addAllTunnels(sandbox.tunnels())
                  .build();
            });
  }

  CompletableFuture<SandboxWaitResponse> await(SandboxWaitRequest request) {
    RunningSandbox sandbox = registry.require(request.getSandboxId());
    return within(request.getTimeout(), sandbox.ended())
        .thenApply(
            unused -> {
              SandboxWaitResponse.Builder answer = SandboxWaitResponse.newBuilder();
              sandbox.result().ifPresent(answer::setResult);
              return answer.setMetadata(metadata(sandbox)).build();
            });
  }

  SandboxTerminateResponse terminate(SandboxTerminateRequest request) {
    RunningSandbox sandbox = registry.require(request.getSandboxId());
    SandboxTerminateResponse.Builder answer = SandboxTerminateResponse.newBuilder();
    if (!sandbox.end(Results.of(GenericStatus.GENERIC_STATUS_TERMINATED, ""))) {
      sandbox.result().ifPresent(answer::setExistingResult);
    }
    return answer.build();
  }

  SandboxListResponse list(SandboxListRequest request, boolean newer) {
    SandboxListResponse.Builder answer = SandboxListResponse.newBuilder();
    registry.list(request, newer).forEach(one -> answer.addSandboxes(info(one)));
    return answer.build();
  }

  private static SandboxInfo info(RunningSandbox sandbox) {
    RunningSandbox.Identity identity = sandbox.identity();
    TaskInfo.Builder task =
        TaskInfo.newBuilder()
            .setId(identity.taskId())
            .setSandboxId(identity.id())
            .setEnqueuedAt(identity.createdAt());
    sandbox.startedAt().ifPresent(at -> task.setStartedAt(seconds(at)));
    sandbox.endedAt().ifPresent(at -> task.setFinishedAt(seconds(at)));
    sandbox.result().ifPresent(task::setResult);
    SandboxInfo.Builder info =
        SandboxInfo.newBuilder()
            .setId(identity.id())
            .setCreatedAt(identity.createdAt())
            .setTaskInfo(task)
            .setAppId(identity.appId())
            .addAllTags(tags(sandbox.tags()))
            .setName(identity.name().orElse(""))
            .setImageId(sandbox.definition().getImageId())
            .addAllRegions(sandbox.definition().getSchedulerPlacement().getRegionsList())
            .setTimeoutSecs(sandbox.definition().getTimeoutSecs())
            .addAllTunnels(sandbox.tunnels());
    if (sandbox.definition().hasIdleTimeoutSecs()) {
      info.setIdleTimeoutSecs(sandbox.definition().getIdleTimeoutSecs());
    }
    return info.build();
  }

  private static double seconds(Instant at) {
    return at.toEpochMilli() / 1000.0;
  }

  private static List<SandboxTag> tags(Map<String, String> tags) {
    return new TreeMap<>(tags)
        .entrySet().stream()
            .map(
                tag ->
                    SandboxTag.newBuilder()
                        .setTagName(tag.getKey())
                        .setTagValue(tag.getValue())
                        .build())
            .toList();
  }

  SandboxTagsGetResponse tags(SandboxTagsGetRequest request) {
    RunningSandbox sandbox = registry.require(request.getSandboxId());
    return SandboxTagsGetResponse.newBuilder().addAllTags(tags(sandbox.tags())).build();
  }

  Empty setTags(SandboxTagsSetRequest request) {
    Map<String, String> tags = SandboxRegistry.tags(request.getTagsList());
    registry.require(request.getSandboxId()).setTags(tags);
    return Empty.getDefaultInstance();
  }

  SandboxGetFromNameResponse named(SandboxGetFromNameRequest request, boolean newer) {
    RunningSandbox sandbox = registry.named(request, newer);
    return SandboxGetFromNameResponse.newBuilder()
        .setSandboxId(sandbox.identity().id())
        .setMetadata(metadata(sandbox))
        .build();
  }
}
