package dev.rlmbeam.transforms;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.transforms.model.ModelSettings;
import dev.rlmbeam.transforms.model.OpenAiModelFactory;
import dev.rlmbeam.transforms.model.SecretRef;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What a transform refuses when it is made, and what of it may be seen by others. */
class RlmConfigurationTest {
  private final RlmTransform transform =
      RlmTransform.answering(
          new OpenAiModelFactory("m", ModelSettings.defaults()), SetupFailures::open);

  private static void assertRefused(Executable making, String message) {
    assertThat(assertThrows(IllegalArgumentException.class, making))
        .hasMessageThat()
        .isEqualTo(message);
  }

  @Test
  void refusesWhatCannotWork() {
    assertRefused(() -> transform.withMaxInFlight(0), "maxInFlight must be >= 1, but was 0");
    assertRefused(() -> transform.withMaxInFlightMib(0), "maxInFlightMib must be >= 1, but was 0");
    assertRefused(() -> transform.withMaxAttempts(0), "maxAttempts must be >= 1, but was 0");
    assertRefused(
        () -> transform.withSessionsPerSandbox(0), "sessionsPerSandbox must be >= 1, but was 0");
    assertRefused(() -> transform.withMaxSandboxes(-1), "maxSandboxes must be >= 1, but was -1");
    assertRefused(() -> transform.withSubCallThreads(0), "subCallThreads must be >= 1, but was 0");
    assertRefused(
        () -> transform.withRunMaxModelCalls(-1),
        "runMaxModelCalls must be >= 0 (0 for no limit), but was -1");
    assertRefused(() -> transform.withRunId(""), "runId must not be empty");
  }

  @Test
  void pinsTheDefaults() {
    RlmConfiguration config = transform.configuration();

    assertThat(config.maxInFlight()).isEqualTo(64);
    assertThat(config.maxInFlightMib()).isEqualTo(512);
    assertThat(config.maxAttempts()).isEqualTo(3);
    assertThat(config.sessionsPerSandbox()).isEqualTo(8);
    assertThat(config.maxSandboxes()).isEqualTo(128);
    assertThat(config.subCallThreads()).isEqualTo(64);
    assertThat(config.runMaxModelCalls()).isEqualTo(0);
    assertThat(config.spread()).isEqualTo(Spread.AUTO);
  }

  @Test
  void aKeyStandsNeitherInTheJobsGraphNorInItsDisplayData(@TempDir Path folder) throws IOException {
    String key = "sk-not-to-be-seen-0123456789";
    Path file = Files.writeString(folder.resolve("key"), key);
    ModelSettings settings =
        ModelSettings.builder()
            .baseUrl("http://localhost:1/v1")
            .apiKey(SecretRef.parse("file:" + file))
            .build();
    OpenAiModelFactory model = new OpenAiModelFactory("m", settings);
    // Read once, so that whoever kept it would have it now.
    model.create().close();
    ModalRlmDoFn fn =
        new ModalRlmDoFn(
            RlmTransform.answering(model, SetupFailures::open)
                .withRunId("secrets")
                .configuration());

    // Beam compresses the graph; these are the bytes before.
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(fn);
    }
    String graph = bytes.toString(StandardCharsets.ISO_8859_1);
    assertThat(graph).contains(file.toString());
    assertThat(graph).doesNotContain(key);
    assertThat(DisplayData.from(fn).toString()).doesNotContain(key);
    assertThat(model.toString()).doesNotContain(key);
  }
}
