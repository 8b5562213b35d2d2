package dev.rlmbeam.sandbox.modal;

import com.google.protobuf.ByteString;
import dev.rlmbeam.sandbox.ImageFile;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxImage;
import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.modal.proto.BaseImage;
import dev.rlmbeam.sandbox.modal.proto.DeploymentNamespace;
import dev.rlmbeam.sandbox.modal.proto.GenericResult;
import dev.rlmbeam.sandbox.modal.proto.Image;
import dev.rlmbeam.sandbox.modal.proto.ImageContextFile;
import dev.rlmbeam.sandbox.modal.proto.ImageGetOrCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.ImageGetOrCreateResponse;
import dev.rlmbeam.sandbox.modal.proto.ImageJoinStreamingRequest;
import dev.rlmbeam.sandbox.modal.proto.ImageJoinStreamingResponse;
import dev.rlmbeam.sandbox.modal.proto.ModalClientGrpc;
import dev.rlmbeam.sandbox.modal.proto.TaskLogs;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has an image built, one layer after the other; those that Modal has already take one short call
 * each. Of one thread.
 */
final class ImageBuild {
  private static final Logger log = LoggerFactory.getLogger(ImageBuild.class);

  /** Modal ends a stream of a build's log after so long; it is opened again. */
  private static final float JOIN_SECONDS = 55;

  private static final Duration JOIN_MARGIN = Duration.ofSeconds(10);
  private static final int REJOINS = 3;

  private final ModalApi api;
  private final String appId;
  private final String builderVersion;
  private final long endNanos;

  /**
   * Not begun.
   *
   * @param timeout for the whole image
   */
  ImageBuild(ModalApi api, String appId, Duration timeout) throws InterruptedException {
    this.api = api;
    this.appId = appId;
    builderVersion = api.imageBuilderVersion();
    endNanos = System.nanoTime() + timeout.toNanos();
  }

  /**
   * The id of the finished image.
   *
   * @throws SandboxSetupException when it cannot be built; the message holds the end of the log
   */
  String run(SandboxImage image) throws InterruptedException {
    String id = "";
    for (SandboxImage.Layer layer : image.layers()) {
      id = build(layer, id);
    }
    return id;
  }

  private String build(SandboxImage.Layer layer, String base) throws InterruptedException {
    Image.Builder image = Image.newBuilder().addAllDockerfileCommands(layer.commands());
    if (!base.isEmpty()) {
      image.addBaseImages(BaseImage.newBuilder().setImageId(base).setDockerTag("base"));
    }
    for (ImageFile file : layer.files()) {
      image.addContextFiles(
          ImageContextFile.newBuilder()
              .setFilename(file.path())
              .setData(ByteString.copyFrom(file.bytes())));
    }
    ImageGetOrCreateRequest request =
        ImageGetOrCreateRequest.newBuilder()
            .setImage(image)
            .setAppId(appId)
            .setBuilderVersion(builderVersion)
            .setNamespace(
                layer.shared()
                    ? DeploymentNamespace.DEPLOYMENT_NAMESPACE_GLOBAL
                    : DeploymentNamespace.DEPLOYMENT_NAMESPACE_UNSPECIFIED)
            .build();
    ImageGetOrCreateResponse answer =
        api.calls()
            .call(ModalClientGrpc.getImageGetOrCreateMethod(), request, Duration.ofMinutes(2), "");
    BuildLog lines = new BuildLog();
    GenericResult result = answer.getResult();
    if (result.getStatus() == GenericResult.GenericStatus.GENERIC_STATUS_UNSPECIFIED) {
      log.info("image={} is being built: {}", answer.getImageId(), last(layer));
      result = join(answer.getImageId(), lines);
    }
    if (result.getStatus() != GenericResult.GenericStatus.GENERIC_STATUS_SUCCESS) {
      throw failure(result, last(layer) + lines.describe());
    }
    return answer.getImageId();
  }

  /** Only a step that fails will fail again; whatever else ends a build may not come twice. */
  private static SandboxException failure(GenericResult result, String where) {
    String what =
        result.getException().isEmpty() ? result.getStatus().toString() : result.getException();
    return result.getStatus() == GenericResult.GenericStatus.GENERIC_STATUS_FAILURE
        ? new SandboxSetupException("the image cannot be built: " + what + " at " + where)
        : new SandboxException(
            "", true, "the image's build was broken off: " + what + " at " + where);
  }

  private static String last(SandboxImage.Layer layer) {
    return layer.commands().get(layer.commands().size() - 1);
  }

  private GenericResult join(String imageId, BuildLog lines) throws InterruptedException {
    AtomicReference<String> entry = new AtomicReference<>("");
    int failures = 0;
    while (true) {
      Duration left = Duration.ofNanos(endNanos - System.nanoTime());
      if (left.isNegative() || left.isZero()) {
        throw new SandboxSetupException(
            "image " + imageId + " is not built in time" + lines.describe());
      }
      float seconds = Math.min(JOIN_SECONDS, left.toMillis() / 1000f);
      ImageJoinStreamingRequest request =
          ImageJoinStreamingRequest.newBuilder()
              .setImageId(imageId)
              .setTimeout(seconds)
              .setLastEntryId(entry.get())
              .build();
      try {
        Optional<GenericResult> result =
            api.calls().stream(
                ModalClientGrpc.getImageJoinStreamingMethod(),
                request,
                Duration.ofMillis((long) (seconds * 1000)).plus(JOIN_MARGIN),
                message -> take(message, entry, lines));
        if (result.isPresent()) {
          return result.get();
        }
      } catch (ModalException e) {
        if (!e.retryable() || ++failures > REJOINS) {
          throw e;
        }
        log.debug("image={} its log broke off; joining it again", imageId, e);
        Thread.sleep(200L * failures);
      }
    }
  }

  private static Optional<GenericResult> take(
      ImageJoinStreamingResponse message, AtomicReference<String> entry, BuildLog lines) {
    if (!message.getEntryId().isEmpty()) {
      entry.set(message.getEntryId());
    }
    for (TaskLogs logs : message.getTaskLogsList()) {
      lines.add(logs.getData());
    }
    return message.getResult().getStatus() == GenericResult.GenericStatus.GENERIC_STATUS_UNSPECIFIED
        ? Optional.empty()
        : Optional.of(message.getResult());
  }
}
