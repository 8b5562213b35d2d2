package dev.rlmbeam.sandbox.testing.sdk;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.sandbox.CloudSpec;
import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxImage;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.TunnelTrust;
import dev.rlmbeam.sandbox.modal.ModalConfig;
import dev.rlmbeam.sandbox.modal.ModalOptions;
import dev.rlmbeam.sandbox.modal.ModalSandboxes;
import dev.rlmbeam.sandbox.modal.ModalToken;
import dev.rlmbeam.sandbox.testing.emulator.EmulatorOptions;
import dev.rlmbeam.sandbox.testing.emulator.ModalEmulator;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** For the same sandbox, our client sends Modal what Modal's own SDK sends. */
@Timeout(180)
class TwinTest {
  private static final String AGENT_CONFIG = "RLM_AGENT_CONFIG";

  private static final SandboxImage REGISTRY = SandboxImage.fromRegistry("python:3.11-slim");

  private static final SandboxSpec PLAIN = of(CloudSpec.defaults().toBuilder());

  /** The twins of those in twins.mjs, by the same names. */
  private static final Map<String, SandboxSpec> OURS = new LinkedHashMap<>();

  static {
    OURS.put("plain", PLAIN);
    OURS.put("resources", of(cloud().cpu(0.5).cpuLimit(2).memoryMib(512).memoryLimitMib(2048)));
    OURS.put(
        "environment",
        PLAIN.withEnvironment(Map.of("TZ", "UTC", "GREETING", "good day, ünïcode")));
    OURS.put(
        "secrets",
        of(cloud().secrets(List.of("twin-one", "twin-two")))
            .withEnvironment(Map.of("TZ", "UTC")));
    OURS.put(
        "tags", of(cloud().tags(Map.of("rlm-run", "7", "rlm-job", "twins", "team", "a b"))));
    OURS.put(
        "regions",
        of(cloud().regions(List.of("eu-west", "us-east"))).withTimeout(Duration.ofHours(1)));
    OURS.put("idle", of(cloud().idleTimeout(Duration.ofMinutes(2)).workdir("/tmp")));
    OURS.put(
        "outbound",
        of(
            cloud()
                .allowedCidrs(List.of("10.0.0.0/8", "2001:db8::/32"))
                .allowedDomains(List.of("pypi.org", "*.example.com"))));
    OURS.put("inbound", of(cloud().inboundCidrs(List.of("127.0.0.0/8", "::1/128"))));
    OURS.put("proxy", of(cloud().proxy("twin-proxy")));
    OURS.put(
        "gpu",
        of(cloud().gpu("a100-80gb:2").secrets(List.of("twin-one")).tags(Map.of("rlm-run", "7")))
            .withEnvironment(Map.of("TZ", "UTC")));
    OURS.put(
        "image",
        of(
            cloud()
                .image(
                    REGISTRY
                        .aptInstall("git", "curl")
                        .pipInstall("numpy<3", "dill==0.4.0")
                        .env(Map.of("B", "two words", "A", "1"))
                        .runCommands("mkdir -p /data"))));
  }

  /**
   * A field that differs, and why it may.
   *
   * @param path of the request and the field
   */
  private record Exception(Pattern path, String reason) {
    Exception(String path, String reason) {
      this(Pattern.compile(path), reason);
    }
  }

  private static final List<Exception> EXCEPTIONS =
      List.of(
          new Exception(
              "SandboxCreate(V2)?#1 definition\\.entrypoint_args\\[\\d+]",
              "our sandbox runs the agent, whose code stands in the arguments"),
          new Exception(
              "SandboxCreateV2#1 ephemeral_secrets(\\.contents\\[\\w+])?",
              "we send the environment in the field that all servers with this RPC know; the values"
                  + " are compared apart from this"),
          new Exception(
              "SandboxCreateV2#1 secret_sources\\[\\d+](\\.secret_id|\\.env(\\.contents\\[\\w+])?)?",
              "the SDK sends the environment in a newer field, and the named secrets again, which"
                  + " stand in secret_ids too"),
          new Exception(
              "SecretGetOrCreate#2 env_dict\\[" + AGENT_CONFIG + "]",
              "our agent's own configuration, with its token"),
          new Exception(
              "SandboxCreate#1 definition\\.secret_ids\\[1]",
              "a secret without a name has a new id each time"));

  private static Map<String, Twin> theirs;
  private static Map<String, Twin> ours;
  private static List<String> violations;

  @BeforeAll
  static void askForAll(@TempDir Path folder) throws IOException, InterruptedException {
    OfficialSdk.require();
    EmulatorOptions options =
        EmulatorOptions.builder()
            .secret("twin-one", Map.of("ONE", "1"))
            .secret("twin-two", Map.of("TWO", "2"))
            .proxies(List.of("twin-proxy"))
            .build();
    try (ModalEmulator emulator = ModalEmulator.start(options)) {
      JsonNode names = NodeProgram.run(emulator, folder, Map.of(), "twins.mjs");
      theirs = Twin.split(emulator.requests().recorded());
      violations = new ArrayList<>(emulator.requests().violations());
      emulator.requests().clear();
      askByOurClient(emulator);
      ours = Twin.split(emulator.requests().recorded());
      violations.addAll(emulator.requests().violations());
      assertThat(emulator.runningSandboxes()).isEmpty();
      assertThat(names).hasSize(OURS.size());
    }
  }

  private static void askByOurClient(ModalEmulator emulator)
      throws IOException, InterruptedException {
    TunnelTrust trust = TunnelTrust.also(Files.readString(emulator.caCertificate()), "emulator");
    ModalConfig config =
        ModalConfig.of(new ModalToken(emulator.tokenId(), emulator.tokenSecret()))
            .withServerUrl(URI.create(emulator.serverUrl()));
    try (ModalSandboxes sandboxes =
        ModalSandboxes.create(
            config, ModalOptions.defaults().withTrust(trust).withCreatesPerSecond(100))) {
      for (Map.Entry<String, SandboxSpec> one : OURS.entrySet()) {
        CloudSpec cloud = one.getValue().cloud().toBuilder().app("twin-" + one.getKey()).build();
        try (Sandbox sandbox = sandboxes.open(one.getValue().withCloud(cloud))) {
          assertThat(sandbox.id()).startsWith("sb-");
        }
      }
    }
  }

  private static CloudSpec.Builder cloud() {
    return CloudSpec.defaults().toBuilder().image(REGISTRY);
  }

  private static SandboxSpec of(CloudSpec.Builder cloud) {
    return SandboxSpec.defaults().withCloud(cloud.build());
  }

  @Test
  void everyFieldIsTheSameButForTheExceptions() {
    Set<String> differences = new TreeSet<>();
    Set<String> reasons = new TreeSet<>();
    int compared = 0;
    for (String name : theirs.keySet()) {
      Map<String, String> their = theirs.get(name).fields();
      Map<String, String> our = ours.get(name).fields();
      Set<String> paths = new TreeSet<>(their.keySet());
      paths.addAll(our.keySet());
      for (String path : paths) {
        compared++;
        String theirValue = their.getOrDefault(path, "nothing");
        String ourValue = our.getOrDefault(path, "nothing");
        if (!theirValue.equals(ourValue) && !excepted(path, reasons)) {
          differences.add(name + ": " + path + ": " + theirValue + " | ours: " + ourValue);
        }
      }
    }

    assertThat(differences).isEmpty();
    assertThat(theirs.keySet()).hasSize(OURS.size());
    assertThat(compared).isAtLeast(300);
    assertWithMessage("reasons that were needed").that(reasons).hasSize(EXCEPTIONS.size());
  }

  private static boolean excepted(String path, Set<String> reasons) {
    for (Exception one : EXCEPTIONS) {
      if (one.path.matcher(path).matches()) {
        reasons.add(one.reason);
        return true;
      }
    }
    return false;
  }

  @Test
  void sandboxesHaveTheSameEnvironment() {
    for (String name : theirs.keySet()) {
      Map<String, String> their = theirs.get(name).environment();
      Map<String, String> our = new TreeMap<>(ours.get(name).environment());

      assertWithMessage(name).that(our.remove(AGENT_CONFIG)).contains("tcp:0.0.0.0:8080");
      assertWithMessage(name).that(our).isEqualTo(their);
    }
  }

  @Test
  void noRequestHasAFieldThatTheEmulatorDoesNotKnow() {
    assertThat(violations).isEmpty();
  }
}
