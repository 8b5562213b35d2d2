package dev.rlmbeam.sandbox.testing.emulator;

import static com.google.common.truth.Truth.assertThat;

import com.google.protobuf.ByteString;
import dev.rlmbeam.sandbox.modal.proto.BaseImage;
import dev.rlmbeam.sandbox.modal.proto.GenericResult.GenericStatus;
import dev.rlmbeam.sandbox.modal.proto.Image;
import dev.rlmbeam.sandbox.modal.proto.ImageContextFile;
import dev.rlmbeam.sandbox.modal.proto.ImageGetOrCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.ImageGetOrCreateResponse;
import dev.rlmbeam.sandbox.modal.proto.ImageJoinStreamingResponse;
import dev.rlmbeam.sandbox.modal.proto.ObjectCreationType;
import dev.rlmbeam.sandbox.modal.proto.Sandbox;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetLogsRequest;
import dev.rlmbeam.sandbox.modal.proto.SecretGetOrCreateRequest;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Images: layers, their logs, and what they mean for a sandbox. */
@Timeout(60)
final class ImagesTest {
  @RegisterExtension
  static final ModalEmulatorExtension MODAL =
      ModalEmulatorExtension.with(
          EmulatorOptions.builder().imageBuildTime(Duration.ofMillis(700)).build());

  private static Image.Builder commands(String... commands) {
    return Image.newBuilder().addAllDockerfileCommands(List.of(commands));
  }

  private static Image.Builder on(String base, String... commands) {
    return commands(commands)
        .addBaseImages(BaseImage.newBuilder().setImageId(base).setDockerTag("base"));
  }

  private static String built(Caller caller, Image.Builder layer) {
    String id = caller.layer(layer).getImageId();
    var last = caller.join(id, "", 30);
    assertThat(last.get(last.size() - 1).getResult().getStatus())
        .isEqualTo(GenericStatus.GENERIC_STATUS_SUCCESS);
    return id;
  }

  private static String log(List<ImageJoinStreamingResponse> messages) {
    return messages.stream()
        .flatMap(message -> message.getTaskLogsList().stream())
        .map(logs -> logs.getData())
        .collect(Collectors.joining());
  }

  @Test
  void isBuiltOnceAndItsLogIsReadOnFromWhereOneWas(ModalEmulator modal) {
    try (Caller caller = new Caller(modal)) {
      Image.Builder layer = commands("FROM debian:12", "RUN apt-get update");
      ImageGetOrCreateResponse first = caller.layer(layer);

      assertThat(first.getImageId()).matches("im-[0-9A-Za-z]{22}");
      assertThat(first.hasResult()).isFalse();
      List<ImageJoinStreamingResponse> start = caller.join(first.getImageId(), "", 0.1f);
      assertThat(log(start)).contains("Step 2/2 : RUN apt-get update\n");
      ImageJoinStreamingResponse last = start.get(start.size() - 1);
      assertThat(last.hasResult()).isFalse();
      List<ImageJoinStreamingResponse> rest =
          caller.join(first.getImageId(), last.getEntryId(), 30);
      assertThat(log(rest)).isEmpty();
      assertThat(rest.get(0).getResult().getStatus())
          .isEqualTo(GenericStatus.GENERIC_STATUS_SUCCESS);
      ImageGetOrCreateResponse again = caller.layer(layer);
      assertThat(again.getImageId()).isEqualTo(first.getImageId());
      assertThat(again.getResult().getStatus()).isEqualTo(GenericStatus.GENERIC_STATUS_SUCCESS);
      ImageGetOrCreateRequest.Builder anew =
          ImageGetOrCreateRequest.newBuilder().setImage(layer).setBuilderVersion("2025.06");
      var forced = caller.withToken().imageGetOrCreate(anew.clone().setForceBuild(true).build());
      assertThat(forced.getImageId()).isNotEqualTo(first.getImageId());
      assertThat(forced.hasResult()).isFalse();
      var ignored = caller.withToken().imageGetOrCreate(anew.clone().setIgnoreCache(true).build());
      assertThat(ignored.getImageId()).isNotEqualTo(forced.getImageId());
    }
  }

  @Test
  void secretsOfALayerCountByWhatIsInThem(ModalEmulator modal) {
    try (Caller caller = new Caller(modal)) {
      Image.Builder layer = commands("FROM debian:11");
      String one = caller.layer(layer.clone().addSecretIds(secret(caller, "1"))).getImageId();

      assertThat(caller.layer(layer.clone().addSecretIds(secret(caller, "1"))).getImageId())
          .isEqualTo(one);
      assertThat(caller.layer(layer.clone().addSecretIds(secret(caller, "2"))).getImageId())
          .isNotEqualTo(one);
    }
  }

  private static String secret(Caller caller, String value) {
    return caller
        .withToken()
        .secretGetOrCreate(
            SecretGetOrCreateRequest.newBuilder()
                .setObjectCreationType(ObjectCreationType.OBJECT_CREATION_TYPE_EPHEMERAL)
                .putEnvDict("KEY", value)
                .build())
        .getSecretId();
  }

  @Test
  void failsWithItsLog(ModalEmulator modal) {
    try (Caller caller = new Caller(modal)) {
      Map<String, String> cases =
          Map.of(
              "RUN false", "exit code 1",
              "RUN make && exit 1", "exit code 1",
              "COPY a.txt /a.txt", "a.txt is not among the context's files",
              "FLY away", "unknown instruction: FLY",
              "FROM base", "pull access denied for base");
      cases.forEach(
          (command, says) -> {
            Image.Builder layer = commands("FROM debian", command);
            String id = caller.layer(layer).getImageId();
            List<ImageJoinStreamingResponse> messages = caller.join(id, "", 30);
            var result = messages.get(messages.size() - 1).getResult();
            assertThat(result.getStatus()).isEqualTo(GenericStatus.GENERIC_STATUS_FAILURE);
            assertThat(result.getException()).contains(says);
            assertThat(log(messages)).contains("Step 2/2 : " + command);
            Status status =
                Caller.refusal(
                    () -> caller.create(Sandbox.newBuilder().setImageId(id).setTimeoutSecs(10)));
            assertThat(status.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
            // It is tried again, and not kept.
            assertThat(caller.layer(layer).getImageId()).isNotEqualTo(id);
          });
    }
  }

  @Test
  void beginsWithFromAndStandsOnWhatIsThere(ModalEmulator modal) {
    try (Caller caller = new Caller(modal)) {
      for (Image.Builder bad : List.of(commands(), commands("RUN true"))) {
        Status status = Caller.refusal(() -> caller.layer(bad));
        assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status.getDescription()).contains("FROM");
      }
      Status status = Caller.refusal(() -> caller.layer(on("im-nowhere", "FROM base")));
      assertThat(status.getCode()).isEqualTo(Status.Code.NOT_FOUND);
    }
  }

  @Test
  void whatItSetsAndCopiesIsInTheSandbox(ModalEmulator modal) throws Exception {
    try (Caller caller = new Caller(modal)) {
      String first = built(caller, commands("FROM python:3.12", "ENV A='it'\"'\"'s' B=2"));
      String second =
          built(
              caller,
              on(
                      first,
                      "FROM base",
                      "WORKDIR /srv/app",
                      "COPY /src/ lib/",
                      "COPY --chown=root one.py \\",
                      "  .",
                      "ENV B 3",
                      "CMD [\"python3\", \"one.py\", \"argument\"]")
                  .addContextFiles(file("/src/deep/two.txt", "two"))
                  .addContextFiles(
                      file(
                          "one.py",
                          "import os, sys\n"
                              + "print(os.getcwd(), sys.argv[1], os.environ['A'],"
                              + " os.environ['B'], open('lib/deep/two.txt').read())")));

      String id =
          caller.create(Sandbox.newBuilder().setImageId(second).setTimeoutSecs(60)).getSandboxId();

      var result = caller.await(id, 30).getResult();
      assertThat(result.getStatus()).isEqualTo(GenericStatus.GENERIC_STATUS_SUCCESS);
      assertThat(stdout(caller, id)).isEqualTo("/srv/app argument it's 3 two\n");
    }
  }

  private static ImageContextFile file(String name, String text) {
    return ImageContextFile.newBuilder()
        .setFilename(name)
        .setData(ByteString.copyFromUtf8(text))
        .build();
  }

  private static String stdout(Caller caller, String id) {
    StringBuilder text = new StringBuilder();
    caller
        .api()
        .sandboxGetLogs(SandboxGetLogsRequest.newBuilder().setSandboxId(id).setTimeout(30).build())
        .forEachRemaining(
            batch -> batch.getItemsList().forEach(item -> text.append(item.getData())));
    return text.toString();
  }

  @Test
  void pythonCanBeInstalledWhereThereIsNone(ModalEmulator modal) {
    try (Caller caller = new Caller(modal)) {
      String image = built(caller, commands("FROM alpine:3.20", "RUN apk add --no-cache python3"));

      String id =
          caller
              .create(
                  Sandbox.newBuilder()
                      .setImageId(image)
                      .addAllEntrypointArgs(List.of("python3", "-c", "pass"))
                      .setTimeoutSecs(60))
              .getSandboxId();

      assertThat(caller.await(id, 30).getResult().getStatus())
          .isEqualTo(GenericStatus.GENERIC_STATUS_SUCCESS);
    }
  }
}
