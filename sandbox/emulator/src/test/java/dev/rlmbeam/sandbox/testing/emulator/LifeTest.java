package dev.rlmbeam.sandbox.testing.emulator;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.sandbox.modal.proto.FileDescriptor;
import dev.rlmbeam.sandbox.modal.proto.GPUConfig;
import dev.rlmbeam.sandbox.modal.proto.GenericResult.GenericStatus;
import dev.rlmbeam.sandbox.modal.proto.PortSpec;
import dev.rlmbeam.sandbox.modal.proto.Resources;
import dev.rlmbeam.sandbox.modal.proto.Sandbox;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateV2Request;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateV2Response;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetFromNameRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetLogsRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetTaskIdRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetTunnelsRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxInfo;
import dev.rlmbeam.sandbox.modal.proto.SandboxListRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxTag;
import dev.rlmbeam.sandbox.modal.proto.SandboxTagsGetRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxTagsSetRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxTerminateRequest;
import dev.rlmbeam.sandbox.modal.proto.SchedulerPlacement;
import dev.rlmbeam.sandbox.modal.proto.SecretGetOrCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.SecretSource;
import dev.rlmbeam.sandbox.modal.proto.StringMap;
import dev.rlmbeam.sandbox.modal.proto.TaskLogs;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sandboxes from their creation to their end, through the service. */
@Timeout(90)
final class LifeTest {
  private static ModalEmulator emulator;
  private static Caller caller;

  @BeforeAll
  static void start() throws Exception {
    emulator =
        ModalEmulator.start(
            EmulatorOptions.builder()
                .listPageSize(2)
                .secret("named", Map.of("FROM_NAMED", "1", "BOTH", "named"))
                .build());
    caller = new Caller(emulator);
  }

  @AfterAll
  static void close() {
    caller.close();
    emulator.close();
  }

  private static EmulatedSandbox view(String id) {
    return emulator.sandboxes().stream().filter(one -> one.id().equals(id)).findFirst().get();
  }

  private static void terminate(String id) {
    var unused =
        caller
            .api()
            .sandboxTerminateV2(SandboxTerminateRequest.newBuilder().setSandboxId(id).build());
  }

  @Test
  void theShapeOfAnIdSaysWhichBackendItIs() {
    String older = caller.createOld(caller.definition("true"));
    SandboxCreateV2Response newer = caller.create(caller.definition("true"));

    assertThat(older).matches("sb-[0-9A-Za-z]{22}");
    assertThat(newer.getSandboxId()).matches("sb-[0-9A-HJKMNP-TV-Z]{26}");
    assertThat(newer.getTaskId()).startsWith("ta-");
  }

  @Test
  void endsAsItsProcessDoes() {
    String good = caller.create(caller.definition("true")).getSandboxId();
    String bad = caller.createOld(caller.definition("sh", "-c", "exit 42"));

    assertThat(caller.await(good, 30).getResult().getStatus())
        .isEqualTo(GenericStatus.GENERIC_STATUS_SUCCESS);
    var result = caller.await(bad, 30).getResult();
    assertThat(result.getStatus()).isEqualTo(GenericStatus.GENERIC_STATUS_FAILURE);
    assertThat(result.getExitcode()).isEqualTo(42);
    assertThat(view(bad).exitCode()).hasValue(42);
    assertThat(view(bad).state()).isEqualTo(EmulatedSandbox.State.ENDED);
  }

  @Test
  void whileItRunsThereIsNoResult() {
    String id = caller.create(caller.definition("sleep", "600")).getSandboxId();

    assertThat(caller.await(id, 0).hasResult()).isFalse();
    long start = System.nanoTime();
    assertThat(caller.await(id, 0.3f).hasResult()).isFalse();
    assertThat(System.nanoTime() - start).isAtLeast(300_000_000L);
    assertThat(view(id).state()).isEqualTo(EmulatedSandbox.State.RUNNING);

    terminate(id);

    assertThat(caller.await(id, 0).getResult().getStatus())
        .isEqualTo(GenericStatus.GENERIC_STATUS_TERMINATED);
    assertThat(view(id).exitCode()).hasValue(137);
    var again =
        caller
            .api()
            .sandboxTerminate(SandboxTerminateRequest.newBuilder().setSandboxId(id).build());
    assertThat(again.getExistingResult().getStatus())
        .isEqualTo(GenericStatus.GENERIC_STATUS_TERMINATED);
    assertThat(emulator.runningSandboxes().stream().map(EmulatedSandbox::id).toList())
        .doesNotContain(id);
  }

  @Test
  void itsLifeIsLimited() {
    String id = caller.create(caller.definition("sleep", "600").setTimeoutSecs(1)).getSandboxId();

    var result = caller.await(id, 30).getResult();

    assertThat(result.getStatus()).isEqualTo(GenericStatus.GENERIC_STATUS_TIMEOUT);
    assertThat(view(id).exitCode()).hasValue(124);
  }

  @Test
  void theOlderBackendGivesItAPlaceLater() {
    String id =
        caller.createOld(
            caller
                .definition("sleep", "600")
                .setOpenPorts(
                    Caller.ports(
                        PortSpec.newBuilder().setPort(8080),
                        PortSpec.newBuilder().setPort(9090).setUnencrypted(true))));

    var place =
        caller
            .api()
            .sandboxGetTaskId(
                SandboxGetTaskIdRequest.newBuilder().setSandboxId(id).setTimeout(30).build());
    var tunnels =
        caller
            .api()
            .sandboxGetTunnels(
                SandboxGetTunnelsRequest.newBuilder().setSandboxId(id).setTimeout(30).build());

    assertThat(place.getTaskId()).startsWith("ta-");
    assertThat(tunnels.getResult().getStatus()).isEqualTo(GenericStatus.GENERIC_STATUS_SUCCESS);
    assertThat(tunnels.getTunnels(0).getHost()).isEqualTo("localhost");
    assertThat(tunnels.getTunnels(0).getContainerPort()).isEqualTo(8080);
    assertThat(tunnels.getTunnels(0).hasUnencryptedPort()).isFalse();
    assertThat(tunnels.getTunnels(1).getPort()).isEqualTo(0);
    assertThat(tunnels.getTunnels(1).getUnencryptedHost()).isEqualTo("localhost");
    assertThat(tunnels.getTunnels(1).getUnencryptedPort()).isGreaterThan(0);
    terminate(id);
  }

  @Test
  void theNewerBackendAnswersWithEncryptedTunnelsOnly() {
    SandboxCreateV2Response answer =
        caller.create(
            caller
                .definition("sleep", "600")
                .setOpenPorts(
                    Caller.ports(
                        PortSpec.newBuilder().setPort(8080),
                        PortSpec.newBuilder().setPort(9090).setUnencrypted(true))));

    assertThat(answer.getTunnelsList()).hasSize(1);
    assertThat(answer.getTunnels(0).getContainerPort()).isEqualTo(8080);
    terminate(answer.getSandboxId());
  }

  private String printed(String id) {
    assertThat(caller.await(id, 30).hasResult()).isTrue();
    List<String> said = new ArrayList<>();
    caller
        .api()
        .sandboxGetLogs(
            SandboxGetLogsRequest.newBuilder()
                .setSandboxId(id)
                .setFileDescriptor(FileDescriptor.FILE_DESCRIPTOR_STDOUT)
                .setTimeout(30)
                .setLastEntryId("0-0")
                .build())
        .forEachRemaining(
            batch -> batch.getItemsList().stream().map(TaskLogs::getData).forEach(said::add));
    return String.join("", said);
  }

  @Test
  void whatComesLaterInTheEnvironmentWins() {
    var named =
        caller
            .withToken()
            .secretGetOrCreate(
                SecretGetOrCreateRequest.newBuilder().setDeploymentName("named").build());
    String script = "echo $FROM_NAMED $FROM_EPHEMERAL $FROM_SOURCE $BOTH $ALL $MODAL_SANDBOX_ID";
    SandboxCreateV2Request request =
        SandboxCreateV2Request.newBuilder()
            .setAppId(caller.app("tests"))
            .setDefinition(caller.definition("sh", "-c", script).addSecretIds(named.getSecretId()))
            .setEphemeralSecrets(
                StringMap.newBuilder()
                    .putContents("FROM_EPHEMERAL", "2")
                    .putContents("BOTH", "ephemeral")
                    .putContents("ALL", "ephemeral"))
            .addSecretSources(
                SecretSource.newBuilder()
                    .setEnv(
                        StringMap.newBuilder()
                            .putContents("FROM_SOURCE", "3")
                            .putContents("ALL", "source")))
            .build();

    String id = caller.api().sandboxCreateV2(request).getSandboxId();

    assertThat(printed(id)).isEqualTo("1 2 3 ephemeral source " + id + "\n");
  }

  @Test
  void logsAreReadOnFromWhereOneWas() {
    String id = caller.createOld(caller.definition("sh", "-c", "printf abcdef; printf no >&2"));
    assertThat(printed(id)).isEqualTo("abcdef");

    var rest =
        caller
            .api()
            .sandboxGetLogs(
                SandboxGetLogsRequest.newBuilder()
                    .setSandboxId(id)
                    .setFileDescriptor(FileDescriptor.FILE_DESCRIPTOR_STDOUT)
                    .setTimeout(30)
                    .setLastEntryId("4-0")
                    .build());

    assertThat(rest.next().getItems(0).getData()).isEqualTo("ef");
    assertThat(rest.next().getEof()).isTrue();
  }

  @Test
  void namesAreUniqueAmongThoseThatRun() {
    Sandbox.Builder named = caller.definition("sleep", "600").setName("alone");
    String id = caller.create(named).getSandboxId();
    SandboxGetFromNameRequest lookup =
        SandboxGetFromNameRequest.newBuilder().setAppName("tests").setSandboxName("alone").build();

    assertThat(caller.api().sandboxGetFromNameV2(lookup).getSandboxId()).isEqualTo(id);
    assertThat(Caller.refusal(() -> caller.create(named)).getCode())
        .isEqualTo(Status.Code.ALREADY_EXISTS);
    terminate(id);
    assertThat(Caller.refusal(() -> caller.api().sandboxGetFromNameV2(lookup)).getCode())
        .isEqualTo(Status.Code.NOT_FOUND);
    terminate(caller.create(named).getSandboxId());
  }

  @Test
  void listsPageByPageAndFiltersByTags() {
    String appId = caller.app("listed");
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ids.add(
          0,
          caller
              .api()
              .sandboxCreateV2(
                  SandboxCreateV2Request.newBuilder()
                      .setAppId(appId)
                      .setDefinition(caller.definition("sleep", "600"))
                      .addTags(SandboxTag.newBuilder().setTagName("n").setTagValue("" + i))
                      .build())
              .getSandboxId());
    }
    terminate(ids.get(1));
    String dead = ids.remove(1);

    assertThat(listed(SandboxListRequest.newBuilder().setAppId(appId)))
        .containsExactlyElementsIn(ids)
        .inOrder();
    assertThat(listed(SandboxListRequest.newBuilder().setAppId(appId).setIncludeFinished(true)))
        .contains(dead);
    SandboxTag tag = SandboxTag.newBuilder().setTagName("n").setTagValue("0").build();
    assertThat(listed(SandboxListRequest.newBuilder().setAppId(appId).addTags(tag)))
        .containsExactly(ids.get(3));
    SandboxTag more = SandboxTag.newBuilder().setTagName("more").setTagValue("yes").build();
    var unused =
        caller
            .api()
            .sandboxTagsSetV2(
                SandboxTagsSetRequest.newBuilder().setSandboxId(ids.get(0)).addTags(more).build());
    assertThat(
            caller
                .api()
                .sandboxTagsGet(SandboxTagsGetRequest.newBuilder().setSandboxId(ids.get(0)).build())
                .getTagsList())
        .containsExactly(more);
    // The older backend's list has none of the newer one's.
    assertThat(
            caller
                .api()
                .sandboxList(SandboxListRequest.newBuilder().setAppId(appId).build())
                .getSandboxesList())
        .isEmpty();
    ids.forEach(LifeTest::terminate);
  }

  /** All pages, as Modal's SDKs read them. */
  private static List<String> listed(SandboxListRequest.Builder request) {
    List<String> ids = new ArrayList<>();
    while (true) {
      List<SandboxInfo> page = caller.api().sandboxListV2(request.build()).getSandboxesList();
      if (page.isEmpty()) {
        return ids;
      }
      assertThat(page.size()).isAtMost(2);
      page.forEach(one -> ids.add(one.getId()));
      request.setBeforeTimestamp(page.get(page.size() - 1).getCreatedAt());
    }
  }

  @Test
  void theSameKeyMakesOneSandbox() {
    SandboxCreateV2Request request =
        SandboxCreateV2Request.newBuilder()
            .setAppId(caller.app("tests"))
            .setDefinition(caller.definition("sleep", "600"))
            .build();

    String first = caller.api("x-idempotency-key", "k1").sandboxCreateV2(request).getSandboxId();
    String again = caller.api("x-idempotency-key", "k1").sandboxCreateV2(request).getSandboxId();
    String other = caller.api("x-idempotency-key", "k2").sandboxCreateV2(request).getSandboxId();

    assertThat(again).isEqualTo(first);
    assertThat(other).isNotEqualTo(first);
    terminate(first);
    terminate(other);
  }

  @ParameterizedTest
  @ValueSource(strings = {"scratch", "busybox:1.36", "docker.io/library/alpine"})
  void anImageWithoutPythonCannotStartIt(String tag) {
    String id =
        caller
            .create(
                Sandbox.newBuilder()
                    .setImageId(caller.image("FROM " + tag))
                    .addEntrypointArgs("python3")
                    .setTimeoutSecs(60))
            .getSandboxId();

    var result = caller.await(id, 0).getResult();

    assertThat(result.getStatus()).isEqualTo(GenericStatus.GENERIC_STATUS_INIT_FAILURE);
    assertThat(result.getException()).contains("python3");
  }

  @Test
  void refusesWhatCannotBe() {
    Sandbox.Builder fine = caller.definition("true");
    String huge = "x".repeat(131_073);
    record Case(Sandbox.Builder definition, Status.Code code, String says) {}
    List<Case> cases =
        List.of(
            new Case(
                fine.clone()
                    .setSchedulerPlacement(SchedulerPlacement.newBuilder().addRegions("atlantis")),
                Status.Code.INVALID_ARGUMENT,
                "region 'atlantis' is unknown"),
            new Case(
                fine.clone()
                    .setResources(
                        Resources.newBuilder()
                            .setGpuConfig(GPUConfig.newBuilder().setCount(1).setGpuType("T4"))),
                Status.Code.INVALID_ARGUMENT,
                "GPU"),
            new Case(fine.clone().setWorkdir("here"), Status.Code.INVALID_ARGUMENT, "workdir"),
            new Case(fine.clone().addEntrypointArgs(huge), Status.Code.INVALID_ARGUMENT, "131072"),
            new Case(fine.clone().setName("no name!"), Status.Code.INVALID_ARGUMENT, "no name!"),
            new Case(fine.clone().setImageId("im-x"), Status.Code.NOT_FOUND, "im-x"),
            new Case(fine.clone().addSecretIds("st-x"), Status.Code.NOT_FOUND, "st-x"),
            new Case(fine.clone().setProxyId("pr-x"), Status.Code.NOT_FOUND, "pr-x"),
            new Case(
                fine.clone().addInboundCidrAllowlist("10.0.0.0"),
                Status.Code.INVALID_ARGUMENT,
                "10.0.0.0"),
            new Case(
                fine.clone()
                    .setOpenPorts(Caller.ports(PortSpec.newBuilder().setPort(8080)))
                    .setBlockNetwork(true),
                Status.Code.INVALID_ARGUMENT,
                "blocked"));
    for (Case one : cases) {
      Status status = Caller.refusal(() -> caller.create(one.definition()));
      assertThat(status.getCode()).isEqualTo(one.code());
      assertThat(status.getDescription()).contains(one.says());
    }
    assertThat(Caller.refusal(() -> caller.await("sb-unknown", 0)).getCode())
        .isEqualTo(Status.Code.NOT_FOUND);
  }
}
