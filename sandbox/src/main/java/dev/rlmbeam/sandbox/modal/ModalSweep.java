package dev.rlmbeam.sandbox.modal;

import dev.rlmbeam.sandbox.TunnelTrust;
import dev.rlmbeam.sandbox.modal.proto.ModalClientGrpc;
import dev.rlmbeam.sandbox.modal.proto.SandboxInfo;
import dev.rlmbeam.sandbox.modal.proto.SandboxListRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxTag;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds sandboxes that are still running, by their app and tags, and ends them: those of a job
 * whose worker was killed would else live until their lease is over. Thread-safe. Whoever opens it
 * closes it.
 */
public final class ModalSweep implements AutoCloseable {
  private static final Duration LIST = Duration.ofSeconds(30);

  /** A page holds fewer; so many pages are a fault of somebody's. */
  private static final int MAX_SANDBOXES = 100_000;

  private final ModalCalls calls;
  private final ModalApi api;

  /**
   * A sandbox that runs.
   *
   * @param created when it was asked for
   */
  public record Found(String id, Instant created, Map<String, String> tags) {}

  private ModalSweep(ModalCalls calls) {
    this.calls = calls;
    api = new ModalApi(calls);
  }

  /** Gets ready; nothing is called yet. */
  public static ModalSweep open(ModalConfig config, TunnelTrust trust) {
    return new ModalSweep(new ModalCalls(config, trust));
  }

  /**
   * What runs, newest first.
   *
   * @param app none is made if there is none of this name
   * @param tags a sandbox has all of these, and perhaps more
   * @throws ModalException when Modal does not say
   */
  public List<Found> find(String app, Map<String, String> tags) throws InterruptedException {
    Optional<String> appId = api.existingApp(app);
    List<Found> found = new ArrayList<>();
    double before = 0; // from the newest
    while (appId.isPresent() && found.size() < MAX_SANDBOXES) {
      SandboxListRequest request =
          SandboxListRequest.newBuilder()
              .setAppId(appId.get())
              .setEnvironmentName(calls.config().environment())
              .setBeforeTimestamp(before)
              .addAllTags(SandboxOrder.tags(tags))
              .build();
      // The newer call lists both kinds.
      List<SandboxInfo> page =
          calls
              .call(ModalClientGrpc.getSandboxListV2Method(), request, LIST, "")
              .getSandboxesList();
      if (page.isEmpty()) {
        return found;
      }
      page.forEach(one -> found.add(found(one)));
      before = page.get(page.size() - 1).getCreatedAt();
    }
    return found;
  }

  private static Found found(SandboxInfo info) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (SandboxTag tag : info.getTagsList()) {
      tags.put(tag.getTagName(), tag.getTagValue());
    }
    return new Found(info.getId(), Instant.ofEpochMilli((long) (info.getCreatedAt() * 1000)), tags);
  }

  /** Ends one. One that has ended already is as well; false if Modal could not be told. */
  public boolean terminate(Found sandbox) {
    return ModalSandbox.terminate(calls, sandbox.id());
  }

  @Override
  public void close() {
    calls.close();
  }
}
