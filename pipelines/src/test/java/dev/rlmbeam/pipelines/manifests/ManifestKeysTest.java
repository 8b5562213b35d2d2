package dev.rlmbeam.pipelines.manifests;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys are named in manifests, and never stand there. */
final class ManifestKeysTest {
  private static final List<String> NEEDED =
      List.of("OPENAI_API_KEY", "MODAL_TOKEN_ID", "MODAL_TOKEN_SECRET");
  // OpenAI's, Modal's two, and whatever else is long and without a word in it.
  private static final String KEY =
      "\\b(sk|ak|as)-[A-Za-z0-9_-]{6,}|\\b(?=[A-Za-z]*\\d)[A-Za-z0-9+/]{32,}";

  @Test
  void noFileHasAKey() throws IOException {
    try (Stream<Path> files = Files.list(Manifest.FOLDER)) {
      for (Path file : files.toList()) {
        assertWithMessage(file.toString()).that(Files.readString(file)).doesNotContainMatch(KEY);
      }
    }
    assertThat("OPENAI_API_KEY: sk-abcdef123456").containsMatch(KEY);
    assertThat("ak-1234567, as-1234567").containsMatch(KEY);
  }

  @Test
  void theSecretHasPlacesOnly() {
    JsonNode values = Manifest.of("secret.yaml").at("/stringData");

    assertThat(Manifest.of("secret.yaml").content().has("data")).isFalse();
    assertThat(values.properties().stream().map(one -> one.getKey()).toList())
        .containsExactlyElementsIn(NEEDED);
    values.forEach(value -> assertThat(value.asText()).isEqualTo("placeholder"));
  }

  /** As variables of the pod, each by itself: a secret taken whole brings what nobody asked for. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "application.yaml /spec/podTemplate/spec/containers/0",
        "session.yaml /spec/taskManager/podTemplate/spec/containers/0",
        "cronjob.yaml /spec/jobTemplate/spec/template/spec/containers/0"
      })
  void workersAndClientsHaveKeysByReference(String place) {
    JsonNode container = Manifest.of(place.split(" ", -1)[0]).at(place.split(" ", -1)[1]);
    String secret = Manifest.of("secret.yaml").at("/metadata/name").asText();

    for (String key : NEEDED) {
      JsonNode variable =
          StreamSupport.stream(container.path("env").spliterator(), false)
              .filter(one -> one.path("name").asText().equals(key))
              .findFirst()
              .orElseThrow();
      assertThat(variable.at("/valueFrom/secretKeyRef/name").asText()).isEqualTo(secret);
      assertThat(variable.at("/valueFrom/secretKeyRef/key").asText()).isEqualTo(key);
      assertThat(variable.has("value")).isFalse();
    }
    assertThat(container.has("envFrom")).isFalse();
  }

  /** Arguments are seen by whoever may list pods, and Flink shows them on its page. */
  @Test
  void noArgumentTakesAKey() {
    for (Manifest manifest : Manifest.all()) {
      for (String text : texts(manifest.content())) {
        assertThat(text).doesNotContainMatch("\\$\\((" + String.join("|", NEEDED) + ")\\)");
        assertThat(text).doesNotContainMatch("--modelApiKey=(?!env:|file:)");
      }
    }
  }

  private static List<String> texts(JsonNode node) {
    List<String> found = new ArrayList<>();
    if (node.isTextual()) {
      found.add(node.textValue());
    }
    node.forEach(inner -> found.addAll(texts(inner)));
    return found;
  }
}
