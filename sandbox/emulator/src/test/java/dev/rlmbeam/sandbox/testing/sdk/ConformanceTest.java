package dev.rlmbeam.sandbox.testing.sdk;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlmbeam.sandbox.testing.emulator.EmulatedSandbox;
import dev.rlmbeam.sandbox.testing.emulator.EmulatorOptions;
import dev.rlmbeam.sandbox.testing.emulator.EmulatorRequests;
import dev.rlmbeam.sandbox.testing.emulator.InjectedFault;
import dev.rlmbeam.sandbox.testing.emulator.ModalEmulator;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Modal's own SDK finds in the emulator what it finds at Modal. */
@Timeout(180)
@ExtendWith(OfficialSdk.class)
class ConformanceTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What the program sees, by the names under which it says so; but for the kind of sandbox. */
  private static final String SEEN =
      """
      {
        "app": "app",
        "app again": true,
        "app that is missing": "NotFoundError",
        "app's name": "ClientError 3",
        "image": "image",
        "image again": true,
        "image by id": "image",
        "image by id that is missing": "NotFoundError",
        "image that fails": "Image build for IMAGE failed with the exception:\\nImage build for IMAGE failed: the command 'exit 1' ended with exit code 1",
        "secret that is missing": "NotFoundError",
        "secret without a key": "NotFoundError",
        "poll while it runs": null,
        "tunnels": ["8000", "8001"],
        "tunnel's URL": "https://localhost:PORT",
        "tunnel": {
          "path": "/one?two=3",
          "folder": "/tmp",
          "FROM_ENV": "env",
          "FROM_OBJECT": "object",
          "FROM_NAME": "name",
          "FROM_IMAGE": "image",
          "BOTH": "env"
        },
        "tunnel without TLS": "/plain",
        "list of the app": true,
        "tags": {"job": "a", "run": "1"},
        "list by tags": 1,
        "list by other tags": 0,
        "tags set": {"job": "b"},
        "list by tags as they were": 0,
        "by name": true,
        "by a name that is missing": "NotFoundError",
        "a name that is taken": "AlreadyExistsError",
        "by id": null,
        "wait after terminate": 137,
        "poll after terminate": 137,
        "tunnel after terminate": true,
        "list after terminate": [],
        "by name after terminate": "NotFoundError",
        "list in more than one page": 3,
        "exit code 0": 0,
        "exit code 7": 7,
        "life over": 124,
        "terminate and wait": [137, 137],
        "a name that is free again": true,
        "terminate": "none",
        "sandbox that is missing": "ClientError 5",
        "wrong token": "ClientError 16"
      }
      """;

  @TempDir Path folder;

  @Test
  void newSdkWithTheNewerSandboxes() throws Exception {
    check(OfficialSdk.NEW, "V2", Map.of());
  }

  @Test
  void newSdkWithTheOlderSandboxes() throws Exception {
    check(OfficialSdk.NEW, "V1", Map.of("MODAL_SANDBOX_V2", "0"));
  }

  @Test
  void oldSdk() throws Exception {
    check(OfficialSdk.OLD, "V1", Map.of());
  }

  private void check(String sdk, String kind, Map<String, String> variables) throws Exception {
    EmulatorOptions options =
        EmulatorOptions.builder()
            .secret("conformance-secret", Map.of("FROM_NAME", "name", "BOTH", "name"))
            .authTokenLifetime(Duration.ofSeconds(4)) // so that the SDK has to ask for another
            .listPageSize(2)
            .build();
    try (ModalEmulator emulator = ModalEmulator.start(options)) {
      String create = kind.equals("V2") ? "SandboxCreateV2" : "SandboxCreate";
      InjectedFault throttle =
          emulator.faults().inject("rpc-throttle:rpc=" + create + ",retryAfter=300ms,times=1");
      InjectedFault lost =
          emulator.faults().inject("rpc-fail:rpc=" + create + ",when=after,times=1");

      JsonNode said = NodeProgram.run(emulator, folder, variables, "conformance.mjs", sdk);

      JsonNode expected = expected(kind);
      expected
          .fields()
          .forEachRemaining(
              one ->
                  assertWithMessage(one.getKey())
                      .that(said.get("seen").get(one.getKey()))
                      .isEqualTo(one.getValue()));
      assertThat(said.get("seen")).hasSize(expected.size());
      checkEmulator(emulator, kind, create, said.get("opened").size());
      assertThat(throttle.struck()).isEqualTo(1);
      assertThat(lost.struck()).isEqualTo(1);
    }
  }

  private static void checkEmulator(
      ModalEmulator emulator, String kind, String create, int opened) {
    EmulatorRequests requests = emulator.requests();
    assertThat(requests.violations()).isEmpty();
    assertThat(emulator.runningSandboxes()).isEmpty();
    // One that was put off and one whose answer was lost were asked for again, with the same key;
    // the one whose name was taken was not made.
    assertThat(emulator.sandboxes()).hasSize(opened);
    assertThat(requests.of(create)).isEqualTo(opened + 3);
    assertThat(requests.of(kind.equals("V2") ? "SandboxCreate" : "SandboxCreateV2")).isEqualTo(0);
    // Layers: two that are new, the same two again, two of which the last fails.
    assertThat(requests.of("ImageJoinStreaming")).isEqualTo(3);
    // The first, and as many more as the program outlives: on a fast machine one.
    assertThat(requests.of("AuthTokenGet")).isAtLeast(2);
    assertThat(emulator.sandboxes().stream().map(EmulatedSandbox::status).toList())
        .containsAtLeast(
            "GENERIC_STATUS_SUCCESS", "GENERIC_STATUS_FAILURE", "GENERIC_STATUS_TIMEOUT");
  }

  private static JsonNode expected(String kind) throws IOException {
    ObjectNode expected = (ObjectNode) JSON.readTree(SEEN);
    expected.put("sandbox", kind);
    if (kind.equals("V1")) {
      expected.put("stdout", "said this\n");
    }
    return expected;
  }
}
