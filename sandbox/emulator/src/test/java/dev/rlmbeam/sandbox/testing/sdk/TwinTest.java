package dev.rlmbeam.sandbox.testing.sdk;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.sandbox.CloudSpec;
import dev.rlmbeam.sandbox.Sandbox;
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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** For the same sandbox, our client sends Modal what Modal's own SDK sends. */
@Timeout(180)
@ExtendWith(OfficialSdk.class)
class TwinTest {
  private static final String AGENT_CONFIG = "RLM_AGENT_CONFIG";

  private static Map<String, Twin> theirs;
  private static Map<String, Twin> ours;
  private static List<String> violations;

  @BeforeAll
  static void askForAll(@TempDir Path folder) throws IOException, InterruptedException {
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
      assertThat(names).hasSize(TwinSpecs.OURS.size());
    }
  }

  private static void askByOurClient(ModalEmulator emulator)
      throws IOException, InterruptedException {
    TunnelTrust trust = TunnelTrust.alsoIn(emulator.caCertificate());
    ModalConfig config =
        ModalConfig.of(new ModalToken(emulator.tokenId(), emulator.tokenSecret()))
            .withServerUrl(URI.create(emulator.serverUrl()));
    try (ModalSandboxes sandboxes =
        ModalSandboxes.create(
            config, ModalOptions.defaults().withTrust(trust).withCreatesPerSecond(100))) {
      for (Map.Entry<String, SandboxSpec> one : TwinSpecs.OURS.entrySet()) {
        CloudSpec cloud = one.getValue().cloud().toBuilder().app("twin-" + one.getKey()).build();
        try (Sandbox sandbox = sandboxes.open(one.getValue().withCloud(cloud))) {
          assertThat(sandbox.id()).startsWith("sb-");
        }
      }
    }
  }

  @Test
  void everyFieldIsTheSameButForTheExemptions() {
    TwinComparison comparison = new TwinComparison();
    theirs.forEach((name, their) -> comparison.add(name, their, ours.get(name)));

    assertThat(comparison.differences()).isEmpty();
    assertThat(theirs.keySet()).hasSize(TwinSpecs.OURS.size());
    assertThat(theirs.keySet()).isEqualTo(ours.keySet());
    assertThat(comparison.compared()).isAtLeast(300);
    assertWithMessage("reasons that were needed")
        .that(comparison.reasons())
        .hasSize(TwinComparison.EXEMPTIONS.size());
  }

  @Test
  void aDifferenceIsSeen() {
    TwinComparison comparison = new TwinComparison();
    comparison.add("cpu", theirs.get("twin-plain"), ours.get("twin-resources"));
    comparison.add("kind", theirs.get("twin-plain"), ours.get("twin-gpu"));

    String create = "SandboxCreateV2#1 definition.";
    assertThat(comparison.differences())
        .containsAtLeast(
            "cpu: " + create + "resources.milli_cpu: the SDK's is nothing, ours is 500",
            "cpu: " + create + "resources.memory_mb_max: the SDK's is nothing, ours is 2048",
            "kind: " + create + "timeout_secs: the SDK's is 600, ours is nothing",
            "kind: SandboxCreate#1: the SDK's is nothing, ours is {}");
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

  @Test
  void everyCallSaysTheSameOfItsCaller() {
    theirs.forEach(
        (name, twin) -> {
          Map<String, String> their = ofCaller(twin);
          Map<String, String> our = ofCaller(ours.get(name));

          assertThat(our.keySet()).isEqualTo(their.keySet());
          // No SDK of Modal's is one for Java; ours says that it is the one for Go.
          assertThat(their.put("x-modal-client-type", "9")).isEqualTo("8");
          assertThat(their.put("x-modal-libmodal-version", "modal-go/0.9.0"))
              .isEqualTo("modal-js/0.11.1");
          // New for each call.
          assertThat(our.remove("x-idempotency-key"))
              .hasLength(their.remove("x-idempotency-key").length());
          assertThat(our).isEqualTo(their);
        });
  }

  /** What the first request of a twin carries of Modal's own. */
  private static Map<String, String> ofCaller(Twin twin) {
    Map<String, String> metadata = new TreeMap<>(twin.requests().get(0).metadata());
    metadata.keySet().removeIf(name -> !name.startsWith("x-"));
    return metadata;
  }

  @Test
  void aFieldThatTheEmulatorDoesNotKnowIsRefused(@TempDir Path folder) throws Exception {
    String program =
        """
        import { ModalClient, Probe } from "modal";
        const modal = new ModalClient();
        const app = await modal.apps.fromName("unknown", { createIfMissing: true });
        const image = modal.images.fromRegistry("python:3.11-slim");
        const readinessProbe = Probe.withTcp(8080);
        try {
          await modal.sandboxes.create(app, image, { readinessProbe });
        } catch (e) {
          console.log(JSON.stringify(`${e.code} ${e.details}`));
        }
        modal.close();
        """;
    try (ModalEmulator emulator = ModalEmulator.start(EmulatorOptions.defaults())) {
      JsonNode error =
          NodeProgram.run(emulator, folder, Map.of(), "--input-type=module", "-e", program);

      assertThat(error.asText()).isEqualTo("3 modal.client.Sandbox has an unknown field 38");
      assertThat(emulator.requests().violations())
          .containsExactly("SandboxCreateV2: modal.client.Sandbox has an unknown field 38");
      assertThat(emulator.sandboxes()).isEmpty();
    }
  }
}
