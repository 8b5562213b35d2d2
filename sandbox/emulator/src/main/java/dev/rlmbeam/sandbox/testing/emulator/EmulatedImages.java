package dev.rlmbeam.sandbox.testing.emulator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.rlmbeam.sandbox.modal.proto.BaseImage;
import dev.rlmbeam.sandbox.modal.proto.Image;
import dev.rlmbeam.sandbox.modal.proto.ImageGetOrCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.ImageGetOrCreateResponse;
import dev.rlmbeam.sandbox.modal.proto.ImageJoinStreamingRequest;
import dev.rlmbeam.sandbox.modal.proto.ImageJoinStreamingResponse;
import dev.rlmbeam.sandbox.modal.proto.TaskLogs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Images, layer by layer, each built once. Thread-safe. */
final class EmulatedImages {
  private static final int MAX_JOIN_SECONDS = 120;

  private final Duration buildTime;
  private final EmulatedSecrets secrets;

  @GuardedBy("this")
  private final Map<String, ImageJob> byId = new HashMap<>();

  /** Layers by their content; failed ones are not kept. */
  @GuardedBy("this")
  private final Map<ByteString, ImageJob> byContent = new HashMap<>();

  EmulatedImages(Duration buildTime, EmulatedSecrets secrets) {
    this.buildTime = buildTime;
    this.secrets = secrets;
  }

  /** The result stands in the answer only if the layer was there before. */
  synchronized ImageGetOrCreateResponse getOrCreate(ImageGetOrCreateRequest request) {
    Image image = request.getImage();
    ByteString content = content(image, request.getBuilderVersion());
    ImageJob known = byContent.get(content);
    if (known != null && !request.getForceBuild() && !request.getIgnoreCache()) {
      ImageGetOrCreateResponse.Builder answer =
          ImageGetOrCreateResponse.newBuilder().setImageId(known.id());
      known.result().ifPresent(answer::setResult);
      return answer.build();
    }
    ImageJob job = build(image);
    byId.put(job.id(), job);
    if (!job.failed()) {
      byContent.put(content, job);
    }
    return ImageGetOrCreateResponse.newBuilder().setImageId(job.id()).build();
  }

  private synchronized ImageJob build(Image image) {
    List<String> commands = DockerBuild.whole(image.getDockerfileCommandsList());
    Optional<String> first =
        commands.stream()
            .map(command -> command.split("\\s+", 2)[0].toUpperCase(Locale.ROOT))
            .filter(word -> !word.equals("ARG"))
            .findFirst();
    if (!first.equals(Optional.of("FROM"))) {
      throw Refusals.invalid(
          "an image's commands begin with FROM, not with %s", first.orElse("nothing"));
    }
    Map<String, EmulatedImage> bases = new LinkedHashMap<>();
    for (BaseImage base : image.getBaseImagesList()) {
      bases.put(base.getDockerTag(), require(base.getImageId()));
    }
    Map<String, ByteString> files = new LinkedHashMap<>();
    image.getContextFilesList().forEach(file -> files.put(file.getFilename(), file.getData()));
    DockerBuild.Outcome outcome =
        new DockerBuild(bases, files).run(image.getDockerfileCommandsList());
    return new ImageJob(Ids.of("im-"), outcome, buildTime);
  }

  /** Secrets by what is in them: ephemeral ones have a new id each time. */
  private ByteString content(Image image, String builderVersion) {
    Image.Builder same = image.toBuilder().clearSecretIds();
    for (String id : image.getSecretIdsList()) {
      same.addSecretIds(secrets.variables(id).toString());
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      out.useDeterministicSerialization();
      out.writeStringNoTag(builderVersion);
      same.build().writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return ByteString.copyFrom(bytes.toByteArray());
  }

  private synchronized ImageJob job(String id) {
    ImageJob job = byId.get(id);
    if (job == null) {
      throw Refusals.notFound("Image %s not found", id);
    }
    return job;
  }

  /** One that is there. */
  String find(String id) {
    return job(id).id();
  }

  /** One that is built. */
  EmulatedImage require(String id) {
    ImageJob job = job(id);
    if (job.failed()) {
      throw Refusals.precondition("Image %s could not be built", id);
    }
    if (job.result().isEmpty()) {
      throw Refusals.precondition("Image %s is still being built", id);
    }
    return job.image().orElseThrow();
  }

  /**
   * Tells the log from after the last entry that the caller has; ends with the result, or the time.
   */
  CompletableFuture<?> join(
      ImageJoinStreamingRequest request, Consumer<ImageJoinStreamingResponse> tell) {
    ImageJob job = job(request.getImageId());
    List<String> log = job.log();
    for (int i = lastEntry(request); i < log.size(); i++) {
      tell.accept(
          ImageJoinStreamingResponse.newBuilder()
              .setEntryId(i + 1 + "-0")
              .addTaskLogs(
                  TaskLogs.newBuilder()
                      .setData(log.get(i) + "\n")
                      .setTimestamp(System.currentTimeMillis() / 1000.0))
              .build());
    }
    float seconds = Math.max(0, Math.min(MAX_JOIN_SECONDS, request.getTimeout()));
    return job.await(Duration.ofMillis((long) (seconds * 1000)))
        .thenAccept(
            result ->
                result.ifPresent(
                    end ->
                        tell.accept(
                            ImageJoinStreamingResponse.newBuilder()
                                .setResult(end)
                                .setEof(true)
                                .build())));
  }

  private static int lastEntry(ImageJoinStreamingRequest request) {
    String number = request.getLastEntryId().split("-", 2)[0];
    try {
      return number.isEmpty() ? 0 : Math.max(0, Integer.parseInt(number));
    } catch (NumberFormatException e) {
      throw Refusals.invalid("this is no entry of a log: %s", request.getLastEntryId());
    }
  }
}
