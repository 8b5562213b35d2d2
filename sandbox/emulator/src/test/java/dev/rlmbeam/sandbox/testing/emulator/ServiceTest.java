package dev.rlmbeam.sandbox.testing.emulator;

import static com.google.common.truth.Truth.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.rlmbeam.sandbox.modal.proto.AppGetOrCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.AuthTokenGetRequest;
import dev.rlmbeam.sandbox.modal.proto.EnvironmentGetOrCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.ObjectCreationType;
import dev.rlmbeam.sandbox.modal.proto.ProxyGetRequest;
import dev.rlmbeam.sandbox.modal.proto.Sandbox;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateV2Request;
import dev.rlmbeam.sandbox.modal.proto.SandboxListRequest;
import dev.rlmbeam.sandbox.modal.proto.SecretGetOrCreateRequest;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may call, and all that is not about sandboxes. */
@Timeout(60)
final class ServiceTest {
  private static final SandboxListRequest LIST = SandboxListRequest.getDefaultInstance();
  private static ModalEmulator emulator;
  private static Caller caller;

  @BeforeAll
  static void start() throws Exception {
    emulator =
        ModalEmulator.start(
            EmulatorOptions.builder()
                .secret("named", Map.of("KEY", "value"))
                .proxies(List.of("gate"))
                .build());
    caller = new Caller(emulator);
  }

  @AfterAll
  static void close() {
    caller.close();
    emulator.close();
  }

  private static Status.Code code(Runnable call) {
    return Caller.refusal(call).getCode();
  }

  @Test
  void tokensLookLikeModals() {
    assertThat(emulator.serverUrl()).matches("http://127\\.0\\.0\\.1:[0-9]+");
    assertThat(emulator.tokenId()).startsWith("ak-");
    assertThat(emulator.tokenSecret()).startsWith("as-");
  }

  @Test
  void nobodyIsLetInWithoutTheToken() {
    Metadata wrong =
        Caller.headers("x-modal-token-id", emulator.tokenId(), "x-modal-token-secret", "as-no");
    AuthTokenGetRequest request = AuthTokenGetRequest.getDefaultInstance();

    assertThat(code(() -> caller.with(new Metadata()).authTokenGet(request)))
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(code(() -> caller.with(wrong).authTokenGet(request)))
        .isEqualTo(Status.Code.UNAUTHENTICATED);
  }

  @Test
  void theNewerBackendWantsAnAuthToken() {
    String token =
        caller.withToken().authTokenGet(AuthTokenGetRequest.getDefaultInstance()).getToken();
    String forged = token.substring(0, token.lastIndexOf('.') + 1) + "c2lnbmF0dXJl";

    assertThat(token).matches("[\\w-]+\\.[\\w-]+\\.[\\w-]+");
    assertThat(caller.withToken("x-modal-auth-token", token).sandboxListV2(LIST)).isNotNull();
    assertThat(caller.withToken().sandboxList(LIST)).isNotNull();
    assertThat(code(() -> caller.withToken().sandboxListV2(LIST)))
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    for (String bad : List.of(forged, "a.b", "")) {
      assertThat(code(() -> caller.withToken("x-modal-auth-token", bad).sandboxListV2(LIST)))
          .isEqualTo(Status.Code.UNAUTHENTICATED);
    }
  }

  @Test
  void authTokensExpire() {
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    Instant[] now = {start};
    Clock clock =
        new Clock() {
          @Override
          public Instant instant() {
            return now[0];
          }

          @Override
          public ZoneOffset getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }
        };
    IssuedTokens tokens = new IssuedTokens(clock, Duration.ofMinutes(20));
    String token = tokens.issue(Optional.empty());
    String skewed = tokens.issue(Optional.of(Duration.ofSeconds(90)));

    assertThat(exp(token)).isEqualTo(start.getEpochSecond() + 1200);
    assertThat(exp(skewed)).isEqualTo(start.getEpochSecond() - 90);
    now[0] = start.plusSeconds(1199);
    assertThat(tokens.trouble(token)).isEmpty();
    assertThat(tokens.trouble(skewed)).isEmpty();
    now[0] = start.plusSeconds(1200);
    assertThat(tokens.trouble(token)).isPresent();
    assertThat(tokens.trouble(skewed)).isPresent();
  }

  private static long exp(String token) {
    String coded = token.substring(token.indexOf('.') + 1, token.lastIndexOf('.'));
    String payload = new String(Base64.getUrlDecoder().decode(coded), StandardCharsets.UTF_8);
    return Long.parseLong(payload.replaceAll(".*\"exp\":(-?[0-9]+).*", "$1"));
  }

  @Test
  void appsAreMadeOnce() {
    String id = caller.app("one");

    assertThat(id).matches("ap-[0-9A-Za-z]{22}");
    assertThat(caller.app("one")).isEqualTo(id);
    assertThat(caller.app("two")).isNotEqualTo(id);
    AppGetOrCreateRequest.Builder lookup = AppGetOrCreateRequest.newBuilder();
    assertThat(caller.withToken().appGetOrCreate(lookup.setAppName("one").build()).getAppId())
        .isEqualTo(id);
    assertThat(code(() -> caller.withToken().appGetOrCreate(lookup.setAppName("none").build())))
        .isEqualTo(Status.Code.NOT_FOUND);
    assertThat(
            code(
                () ->
                    caller
                        .withToken()
                        .appGetOrCreate(
                            lookup.setAppName("one").setEnvironmentName("nowhere").build())))
        .isEqualTo(Status.Code.NOT_FOUND);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "with blank", "ap-0123456789abcdefghijKL", "ü"})
  void appsHaveDecentNames(String name) {
    assertThat(code(() -> caller.app(name))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(code(() -> caller.app("x".repeat(65)))).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void theEnvironmentSaysHowImagesAreBuilt() {
    var answer =
        caller
            .withToken()
            .environmentGetOrCreate(EnvironmentGetOrCreateRequest.getDefaultInstance());

    assertThat(answer.getMetadata().getSettings().getImageBuilderVersion()).isEqualTo("2025.06");
    assertThat(answer.getMetadata().getName()).isEqualTo("main");
  }

  @Test
  void secretsHaveNamesOrNone() {
    SecretGetOrCreateRequest ephemeral =
        SecretGetOrCreateRequest.newBuilder()
            .setObjectCreationType(ObjectCreationType.OBJECT_CREATION_TYPE_EPHEMERAL)
            .putEnvDict("A", "1")
            .build();
    SecretGetOrCreateRequest.Builder named =
        SecretGetOrCreateRequest.newBuilder().setDeploymentName("named").addRequiredKeys("KEY");

    assertThat(caller.withToken().secretGetOrCreate(ephemeral).getSecretId())
        .matches("st-[0-9A-Za-z]{22}");
    assertThat(caller.withToken().secretGetOrCreate(named.build()).getSecretId())
        .matches("st-[0-9A-Za-z]{22}");
    Status missing =
        Caller.refusal(
            () -> caller.withToken().secretGetOrCreate(named.addRequiredKeys("OTHER").build()));
    assertThat(missing.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(missing.getDescription()).contains("Secret is missing key");
    assertThat(missing.getDescription()).contains("OTHER");
    assertThat(
            code(
                () ->
                    caller
                        .withToken()
                        .secretGetOrCreate(named.setDeploymentName("unknown").build())))
        .isEqualTo(Status.Code.NOT_FOUND);
    assertThat(
            code(
                () ->
                    caller
                        .withToken()
                        .secretGetOrCreate(ephemeral.toBuilder().putEnvDict("1A", "x").build())))
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void proxiesAreFoundByName() {
    ProxyGetRequest.Builder request = ProxyGetRequest.newBuilder().setName("gate");

    assertThat(caller.withToken().proxyGet(request.build()).getProxy().getProxyId()).isNotEmpty();
    assertThat(code(() -> caller.withToken().proxyGet(request.setName("wall").build())))
        .isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void whatIsAskedIsWrittenDownWithoutSecrets() {
    emulator.requests().clear();
    var unused =
        caller
            .withToken("x-modal-client-type", "9")
            .appGetOrCreate(
                AppGetOrCreateRequest.newBuilder()
                    .setAppName("recorded")
                    .setObjectCreationType(
                        ObjectCreationType.OBJECT_CREATION_TYPE_CREATE_IF_MISSING)
                    .build());

    RecordedRequest recorded = emulator.requests().recorded().get(0);

    assertThat(recorded.rpc()).isEqualTo("AppGetOrCreate");
    assertThat(((AppGetOrCreateRequest) recorded.message()).getAppName()).isEqualTo("recorded");
    assertThat(recorded.metadata()).containsEntry("x-modal-client-type", "9");
    assertThat(recorded.metadata()).containsEntry("x-modal-token-id", emulator.tokenId());
    assertThat(recorded.toString()).doesNotContain(emulator.tokenSecret());
    assertThat(emulator.requests().counts()).containsExactly("AppGetOrCreate", 1);
  }

  @Test
  void aFieldThatIsUnknownIsNamed() throws Exception {
    UnknownFieldSet unknown =
        UnknownFieldSet.newBuilder()
            .addField(
                99,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFromUtf8("new"))
                    .build())
            .build();
    SandboxCreateV2Request request =
        SandboxCreateV2Request.newBuilder()
            .setDefinition(Sandbox.newBuilder().setUnknownFields(unknown))
            .build();

    Status status = Caller.refusal(() -> caller.api().sandboxCreateV2(request));

    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).isEqualTo("modal.client.Sandbox has an unknown field 99");
    assertThat(emulator.requests().violations())
        .contains("SandboxCreateV2: modal.client.Sandbox has an unknown field 99");
    try (ModalEmulator lenient =
            ModalEmulator.start(EmulatorOptions.builder().strictFields(false).build());
        Caller other = new Caller(lenient)) {
      Status later = Caller.refusal(() -> other.api().sandboxCreateV2(request));
      assertThat(later.getDescription()).isEqualTo("a sandbox needs an image");
      assertThat(lenient.requests().violations()).hasSize(1);
    }
  }

  @Test
  void leavesNothingBehind(@TempDir Path folder) throws Exception {
    long before = ProcessHandle.current().descendants().count();
    try (ModalEmulator closing =
            ModalEmulator.start(EmulatorOptions.builder().workFolder(folder).build());
        Caller other = new Caller(closing)) {
      var unused = other.create(other.definition("sh", "-c", "setsid sleep 600 & exec sleep 600"));
      assertThat(closing.runningSandboxes()).hasSize(1);
      assertThat(ProcessHandle.current().descendants().count()).isGreaterThan(before);
    }

    assertThat(ProcessHandle.current().descendants().count()).isEqualTo(before);
    try (var left = Files.list(folder)) {
      assertThat(left.toList()).isEmpty();
    }
  }
}
