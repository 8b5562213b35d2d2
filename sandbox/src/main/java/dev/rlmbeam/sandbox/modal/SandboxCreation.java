package dev.rlmbeam.sandbox.modal;

import dev.rlmbeam.sandbox.AgentProgram;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.SandboxToken;
import dev.rlmbeam.sandbox.modal.proto.ModalClientGrpc;
import dev.rlmbeam.sandbox.modal.proto.Sandbox;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateV2Request;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateV2Response;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetTaskIdRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetTaskIdResponse;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetTunnelsRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetTunnelsResponse;
import dev.rlmbeam.sandbox.modal.proto.SandboxWaitRequest;
import dev.rlmbeam.sandbox.modal.proto.StringMap;
import dev.rlmbeam.sandbox.modal.proto.TunnelData;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks Modal for sandboxes, of the newer kind unless there is to be a GPU. Thread-safe. */
final class SandboxCreation {
  private static final Duration CREATE = Duration.ofSeconds(60);
  private static final float TASK_SECONDS = 10;
  private static final float TUNNEL_SECONDS = 50;
  private static final Duration MARGIN = Duration.ofSeconds(10);

  private final ModalApi api;
  private final AgentProgram agent = AgentProgram.load();

  SandboxCreation(ModalApi api) {
    this.api = api;
  }

  /** What is needed to ask, and the same for every sandbox of a job. */
  record Site(String appId, String imageId, List<String> secretIds, Optional<String> proxyId) {}

  /** A sandbox that was asked for, and perhaps its tunnel already. */
  record Created(String id, Optional<URI> tunnel) {}

  /**
   * Asks for one, and returns as soon as Modal has taken it; also when interrupted meanwhile, which
   * shows from the thread.
   */
  Created create(Site site, SandboxSpec spec, SandboxToken token) throws InterruptedException {
    Sandbox.Builder definition =
        SandboxOrder.definition(agent, spec)
            .setImageId(site.imageId())
            .addAllSecretIds(site.secretIds());
    site.proxyId().ifPresent(definition::setProxyId);
    Map<String, String> environment = SandboxOrder.environment(spec, token);
    return spec.cloud().gpu().isEmpty()
        ? createNew(site, spec, definition, environment)
        : createOld(site, spec, definition, environment);
  }

  private Created createNew(
      Site site, SandboxSpec spec, Sandbox.Builder definition, Map<String, String> environment)
      throws InterruptedException {
    SandboxCreateV2Request request =
        SandboxCreateV2Request.newBuilder()
            .setAppId(site.appId())
            .setDefinition(definition)
            .setEphemeralSecrets(StringMap.newBuilder().putAllContents(environment))
            .addAllTags(SandboxOrder.tags(spec.cloud().tags()))
            .build();
    SandboxCreateV2Response answer =
        api.calls().callThrough(ModalClientGrpc.getSandboxCreateV2Method(), request, CREATE);
    return new Created(answer.getSandboxId(), tunnel(answer.getTunnelsList()));
  }

  private Created createOld(
      Site site, SandboxSpec spec, Sandbox.Builder definition, Map<String, String> environment)
      throws InterruptedException {
    SandboxCreateRequest request =
        SandboxCreateRequest.newBuilder()
            .setAppId(site.appId())
            .setDefinition(definition.addSecretIds(api.unnamedSecret(environment)))
            .addAllTags(SandboxOrder.tags(spec.cloud().tags()))
            .build();
    String id =
        api.calls()
            .callThrough(ModalClientGrpc.getSandboxCreateMethod(), request, CREATE)
            .getSandboxId();
    return new Created(id, Optional.empty());
  }

  /**
   * Waits for the tunnel of a sandbox that has been taken.
   *
   * @throws SandboxException when it ends before, or the time is over
   */
  URI awaitTunnel(String id, Duration timeout) throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    while (System.nanoTime() - end < 0) {
      SandboxGetTunnelsRequest request =
          SandboxGetTunnelsRequest.newBuilder()
              .setSandboxId(id)
              .setTimeout(Math.min(TUNNEL_SECONDS, secondsTo(end)))
              .build();
      SandboxGetTunnelsResponse answer =
          api.calls()
              .call(SandboxBackend.of(id).tunnels, request, within(request.getTimeout()), id);
      Optional<URI> tunnel = tunnel(answer.getTunnelsList());
      if (tunnel.isPresent()) {
        return tunnel.get();
      }
      failIfEnded(id);
      Thread.sleep(100);
    }
    throw new SandboxException(id, true, "sandbox " + id + " has no tunnel after " + timeout);
  }

  /** One that could not be started has no tunnel, and nobody says why there. */
  private void failIfEnded(String id) throws InterruptedException {
    SandboxWaitRequest request = SandboxWaitRequest.newBuilder().setSandboxId(id).build();
    Optional<SandboxOutcome> outcome =
        SandboxOutcome.of(
            api.calls().call(SandboxBackend.of(id).wait, request, ModalApi.SHORT, id).getResult());
    if (outcome.isPresent()) {
      throw ended(id, outcome.get());
    }
  }

  /**
   * Waits until a sandbox that has been taken has a machine, too: the older kind is given one
   * later.
   *
   * @throws SandboxException when it ends before, or the time is over
   */
  void awaitPlace(String id, Duration timeout) throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    while (SandboxBackend.of(id) == SandboxBackend.V1) {
      if (System.nanoTime() - end >= 0) {
        throw new SandboxException(
            id, true, "sandbox " + id + " was given no machine in " + timeout.toSeconds() + " s");
      }
      SandboxGetTaskIdRequest request =
          SandboxGetTaskIdRequest.newBuilder()
              .setSandboxId(id)
              .setTimeout(Math.min(TASK_SECONDS, secondsTo(end)))
              .build();
      SandboxGetTaskIdResponse answer =
          api.calls()
              .call(
                  ModalClientGrpc.getSandboxGetTaskIdMethod(),
                  request,
                  within(request.getTimeout()),
                  id);
      if (!answer.getTaskId().isEmpty()) {
        return;
      }
      Optional<SandboxOutcome> outcome = SandboxOutcome.of(answer.getTaskResult());
      if (outcome.isPresent()) {
        throw ended(id, outcome.get());
      }
      Thread.sleep(100);
    }
  }

  /** What a sandbox that ended before its agent answered means. */
  static SandboxException ended(String id, SandboxOutcome outcome) {
    return outcome
        .faultOfImage()
        .<SandboxException>map(
            fault -> new SandboxSetupException("sandbox " + id + " did not start: " + fault))
        .orElseGet(
            () ->
                new SandboxException(
                    id, true, "sandbox " + id + " did not start: " + outcome.describe()));
  }

  private static float secondsTo(long end) {
    return Math.max(0.1f, (end - System.nanoTime()) / 1e9f);
  }

  private static Duration within(float seconds) {
    return Duration.ofMillis((long) (seconds * 1000)).plus(MARGIN);
  }

  private static Optional<URI> tunnel(List<TunnelData> tunnels) {
    for (TunnelData tunnel : tunnels) {
      if (tunnel.getContainerPort() == SandboxOrder.PORT && !tunnel.getHost().isEmpty()) {
        String port = tunnel.getPort() == 443 ? "" : ":" + tunnel.getPort();
        return Optional.of(URI.create("https://" + tunnel.getHost() + port));
      }
    }
    return Optional.empty();
  }
}
