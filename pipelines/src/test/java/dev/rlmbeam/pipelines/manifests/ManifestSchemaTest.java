package dev.rlmbeam.pipelines.manifests;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map.Entry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every manifest is valid by the schema of its kind, and the schemas do find mistakes. */
final class ManifestSchemaTest {
  private static final String TYPO = "tpyo";

  static List<Manifest> manifests() {
    return Manifest.all();
  }

  @Test
  void allKindsAreThere() {
    assertThat(ImmutableSet.copyOf(manifests().stream().map(Manifest::toString).toList()))
        .containsExactly(
            "application.yaml FlinkDeployment",
            "session.yaml FlinkDeployment",
            "cronjob.yaml CronJob",
            "secret.yaml Secret",
            "storage.yaml PersistentVolumeClaim");
  }

  @ParameterizedTest
  @MethodSource("manifests")
  void isValid(Manifest manifest) {
    assertThat(KubernetesSchemas.errors(manifest)).isEmpty();
  }

  /** Each name in turn, but for those of maps, whose names are the user's. */
  @ParameterizedTest
  @MethodSource("manifests")
  void misspelledFieldIsFound(Manifest manifest) {
    List<String> places = fields("", manifest.content());

    assertThat(places.size()).isAtLeast(4);
    for (String place : places) {
      Manifest spoiled = manifest.copy();
      int last = place.lastIndexOf('/');
      ObjectNode object = spoiled.object(place.substring(0, last));
      object.set(TYPO, object.remove(place.substring(last + 1)));
      assertWithMessage("%s with %s misspelled", manifest, place)
          .that(String.join("\n", KubernetesSchemas.errors(spoiled)))
          .contains(TYPO);
    }
  }

  private static List<String> fields(String place, JsonNode node) {
    List<String> found = new ArrayList<>();
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        found.addAll(fields(place + "/" + i, node.get(i)));
      }
    }
    boolean ofUser =
        place.matches(".*/(flinkConfiguration|labels|stringData|requests|limits|resources/.*)");
    for (Entry<String, JsonNode> one : node.properties()) {
      String inner = place + "/" + one.getKey();
      if (!ofUser && !inner.equals("/apiVersion") && !inner.equals("/kind")) {
        found.add(inner); // those two choose the schema
      }
      found.addAll(fields(inner, one.getValue()));
    }
    return found;
  }

  @ParameterizedTest
  @CsvSource({
    "application.yaml, /spec/job, parallelism, '\"four\"'",
    "application.yaml, /spec/job, args, '\"--input=a\"'",
    "application.yaml, /spec/job, upgradeMode, '\"statless\"'",
    "application.yaml, /spec, flinkVersion, '\"v1.19\"'",
    "application.yaml, /spec, mode, '\"active\"'",
    "application.yaml, /spec/flinkConfiguration, taskmanager.numberOfTaskSlots, 2",
    "application.yaml, /spec/podTemplate/spec/containers/0/env/0, value, '{}'",
    "session.yaml, /spec/jobManager/resource, memory, 2048",
    "session.yaml, /spec/taskManager/podTemplate/spec/containers/0, env, '{\"A\": \"b\"}'",
    "cronjob.yaml, /spec, suspend, '\"no\"'",
    "cronjob.yaml, /spec/jobTemplate/spec, backoffLimit, '\"0\"'",
    "cronjob.yaml, /spec/jobTemplate/spec/template/spec/containers/0, args, '[4]'",
    "cronjob.yaml, /spec/jobTemplate/spec/template/spec/containers/0/resources/limits, memory, '[]'",
    "secret.yaml, /stringData, OPENAI_API_KEY, 4",
    "storage.yaml, /spec, accessModes, '\"ReadWriteMany\"'",
    "storage.yaml, /metadata, labels, '[\"a\"]'"
  })
  void wrongTypeIsFound(String file, String place, String field, String json) throws Exception {
    Manifest spoiled = Manifest.of(file).copy();
    spoiled.object(place).set(field, new ObjectMapper().readTree(json));

    assertThat(String.join("\n", KubernetesSchemas.errors(spoiled))).contains(field);
  }

  @Test
  void missingSpecIsFound() {
    Manifest spoiled = Manifest.of("application.yaml").copy();
    spoiled.content().remove("spec");

    assertThat(String.join("\n", KubernetesSchemas.errors(spoiled))).contains("spec");
  }
}
