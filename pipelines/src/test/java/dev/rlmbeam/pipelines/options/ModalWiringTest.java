package dev.rlmbeam.pipelines.options;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.pipelines.cli.CommandLine;
import dev.rlmbeam.sandbox.CloudSpec;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxImage;
import dev.rlmbeam.sandbox.modal.ModalToken;
import dev.rlmbeam.transforms.ConfiguredTransform;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each option about Modal reaches the sandboxes. */
final class ModalWiringTest {
  private final Map<String, String> all = new LinkedHashMap<>();
  private @TempDir Path folder;
  private String authority = "";

  @BeforeEach
  void setUp() throws Exception {
    authority = new HeldCertificate.Builder().certificateAuthority(0).build().certificatePem();
    Path certificate = Files.writeString(folder.resolve("ca.pem"), authority);
    all.put("sandbox", "modal");
    all.put("sandboxApp", "other-app");
    all.put("sandboxTimeout", "2000s");
    all.put("sandboxImage", "python:3.12-slim");
    all.put("sandboxPipInstall", "six,dill==0.4.0");
    all.put("sandboxAptInstall", "jq");
    all.put("sandboxCpu", "0.5");
    all.put("sandboxCpuLimit", "2");
    all.put("sandboxMemoryMib", "512");
    all.put("sandboxMemoryLimitMib", "4096");
    all.put("sandboxGpu", "A100:2");
    all.put("sandboxRegions", "us-east,eu-west");
    all.put("sandboxIdleTimeout", "90s");
    all.put("sandboxWorkdir", "/opt");
    all.put("sandboxEnv", "A=1,B=x=y");
    all.put("sandboxSecrets", "hub");
    all.put("sandboxTags", "team=law");
    all.put("sandboxAllowCidrs", "10.0.0.0/8");
    all.put("sandboxAllowDomains", "example.com");
    all.put("sandboxInboundCidrs", "192.0.2.0/24");
    all.put("sandboxProxy", "out");
    all.put("sandboxCreatesPerSecond", "2.5");
    all.put(
        "sandboxPrices",
        Files.writeString(
                folder.resolve("prices.yaml"),
                "coreSecondUsd: 1\ngibSecondUsd: 2\ngpuSecondUsd: {A100: 3}\n")
            .toString());
    all.put("modalProfile", "work");
    all.put("modalToken", "env:TEAMS_TOKEN");
    all.put("modalEnvironment", "dev");
    all.put("modalServerUrl", "https://modal.invalid");
    all.put("modalCaCertificate", certificate.toString());
  }

  private static ConfiguredTransform transform(Map<String, String> values) {
    return ConfiguredTransform.of(RlmPlan.of(options(values)).transform());
  }

  private static BatchOptions options(Map<String, String> values) {
    Stream<String> arguments =
        values.entrySet().stream().map(value -> "--" + value.getKey() + "=" + value.getValue());
    return CommandLine.parse(BatchOptions.class, arguments.toList());
  }

  @Test
  void theyReachTheSandboxes() {
    ConfiguredTransform made = transform(all);

    assertThat(made.sandboxes())
        .isEqualTo(
            new ModalSandboxesFactory(
                "work", "env:TEAMS_TOKEN", "dev", "https://modal.invalid", authority, 2.5, ""));
    // Half a core, half a GiB, two GPUs.
    assertThat(made.sandboxUsdPerSecond()).isWithin(1e-9).of(0.5 + 0.5 * 2 + 2 * 3);
    assertThat(made.sandboxSpec().timeout()).isEqualTo(Duration.ofSeconds(2000));
    assertThat(made.sandboxSpec().environment()).containsExactly("A", "1", "B", "x=y");
    assertThat(made.sandboxSpec().cloud())
        .isEqualTo(
            CloudSpec.defaults().toBuilder()
                .app("other-app")
                .image(
                    SandboxImage.fromRegistry("python:3.12-slim")
                        .aptInstall("jq")
                        .pipInstall("six", "dill==0.4.0"))
                .cpu(0.5)
                .cpuLimit(2)
                .memoryMib(512)
                .memoryLimitMib(4096)
                .gpu("A100:2")
                .regions(List.of("us-east", "eu-west"))
                .idleTimeout(Duration.ofSeconds(90))
                .workdir("/opt")
                .secrets(List.of("hub"))
                .tags(Map.of("team", "law"))
                .allowedCidrs(List.of("10.0.0.0/8"))
                .allowedDomains(List.of("example.com"))
                .inboundCidrs(List.of("192.0.2.0/24"))
                .proxy("out")
                .build());
  }

  @Test
  void theTokenIsReadWhereItIs() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "ak-1:as-2\n");
    Path half = Files.writeString(folder.resolve("half"), "ak-1\n");

    assertThat(withToken("file:" + file).config().token())
        .isEqualTo(new ModalToken("ak-1", "as-2"));
    SandboxException e =
        assertThrows(SandboxException.class, () -> withToken("file:" + half).config());
    assertThat(e).hasMessageThat().contains("is not of the form ID:SECRET");
    e = assertThrows(SandboxException.class, () -> withToken("file:/nowhere").config());
    assertThat(e).hasMessageThat().contains("Modal's token: the key file /nowhere cannot be read");
  }

  private static ModalSandboxesFactory withToken(String place) {
    Map<String, String> values = Map.of("sandbox", "modal", "modalToken", place);
    return (ModalSandboxesFactory) transform(values).sandboxes();
  }

  @Test
  void noneIsForgottenHere() {
    for (Method getter : ModalSandboxOptions.class.getDeclaredMethods()) {
      if (getter.getName().startsWith("get") && !getter.getName().equals("getSandboxDockerfile")) {
        String name = getter.getName().substring(3);
        assertThat(all).containsKey(Character.toLowerCase(name.charAt(0)) + name.substring(1));
      }
    }
  }

  @Test
  void withoutAnyOneOfThemTheTransformIsAnother() {
    String complete = transform(all).toString();
    for (String left : all.keySet()) {
      Map<String, String> others = new LinkedHashMap<>(all);
      others.remove(left);

      assertWithMessage("without --%s", left)
          .that(transform(others).toString())
          .isNotEqualTo(complete);
    }
  }

  @Test
  void aDockerfileIsTheImage() throws Exception {
    Path file = Files.writeString(folder.resolve("Dockerfile"), "FROM python:3.13-slim\n");

    ConfiguredTransform made =
        transform(Map.of("sandbox", "modal", "sandboxDockerfile", file.toString()));

    assertThat(made.sandboxSpec().cloud().image())
        .isEqualTo(SandboxImage.fromRegistry("python:3.13-slim"));
  }

  @ParameterizedTest
  @CsvSource({
    "sandboxApp,              a b,             --sandboxApp=a b: app must be",
    "sandboxTimeout,          60s,             less than twice --elementTimeout",
    "sandboxTimeout,          48h,             at most 24h",
    "elementTimeout,          13h,             --sandboxTimeout=24h",
    "sandboxImage,            a b,             --sandboxImage=a b: this is no name of an image",
    "sandboxDockerfile,       /nowhere,        cannot be read",
    "sandboxCpu,              0.01,            --sandboxCpu=0.01: cpu must be",
    "sandboxMemoryMib,        5,               --sandboxMemoryMib=5",
    "sandboxGpu,              A100:0,          --sandboxGpu=A100:0",
    "sandboxRegions,          US,              --sandboxRegions=US",
    "sandboxIdleTimeout,      soon,            --sandboxIdleTimeout=soon",
    "sandboxWorkdir,          opt,             --sandboxWorkdir=opt",
    "sandboxEnv,              A,               --sandboxEnv=A: must be of the form NAME=VALUE",
    "sandboxEnv,              MODAL_TOKEN=x,   is not for the code",
    "sandboxTags,             team,            --sandboxTags=team",
    "sandboxAllowCidrs,       10.0.0.1,        --sandboxAllowCidrs=10.0.0.1",
    "sandboxCreatesPerSecond, 0,               --sandboxCreatesPerSecond",
    "modalToken,              ak-1:as-2,       a key itself is refused",
    "modalCaCertificate,      /nowhere,        --modalCaCertificate=/nowhere cannot be read",
    "modalCaCertificate,      pom.xml,         No certificate data",
  })
  void whatCannotBeMeantIsNamed(String option, String value, String words) {
    UsageException e =
        assertThrows(
            UsageException.class,
            () -> RlmPlan.of(options(Map.of("sandbox", "modal", option, value))));

    assertThat(e).hasMessageThat().contains(words);
  }

  @Test
  void thereAreTwoPlacesForSandboxes() {
    UsageException e =
        assertThrows(UsageException.class, () -> RlmPlan.of(options(Map.of("sandbox", "moon"))));

    assertThat(e).hasMessageThat().contains("local, modal");
  }

  @Test
  void twoImagesAreOneTooMany() {
    UsageException e =
        assertThrows(
            UsageException.class,
            () ->
                RlmPlan.of(
                    options(
                        Map.of(
                            "sandbox", "modal", "sandboxImage", "a", "sandboxDockerfile", "b"))));

    assertThat(e).hasMessageThat().contains("leave one of them out");
  }
}
