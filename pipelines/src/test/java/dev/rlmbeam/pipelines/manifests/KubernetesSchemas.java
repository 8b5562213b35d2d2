package dev.rlmbeam.pipelines.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.StreamSupport;

/**
 * The schemas that an API server would check manifests with: for Flink's kinds those that the Flink
 * operator installs, for Kubernetes' own those that fabric8 has made of Kubernetes' API types.
 */
final class KubernetesSchemas {
  private static final String FLINK = "flink.apache.org";
  private static final String META = "kubernetes_apimachinery_pkg_apis_ObjectMeta";
  // Which of the artefacts has them, and under which name.
  private static final Map<String, List<String>> OWN =
      Map.of(
          "v1 Secret", List.of("core", "kubernetes_core_Secret"),
          "v1 ConfigMap", List.of("core", "kubernetes_core_ConfigMap"),
          "v1 PersistentVolumeClaim", List.of("core", "kubernetes_core_PersistentVolumeClaim"),
          "batch/v1 CronJob", List.of("batch", "kubernetes_batch_v1_CronJob"));

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7);
  private static final Map<String, Schema> SCHEMAS = new ConcurrentHashMap<>();

  private KubernetesSchemas() {}

  /** What is wrong with a manifest, each with its place; nothing when it is valid. */
  static List<String> errors(Manifest manifest) {
    String version = manifest.at("/apiVersion").textValue();
    Schema schema =
        SCHEMAS.computeIfAbsent(
            version + " " + manifest.kind(), what -> schema(version, manifest.kind()));
    return schema.validate(manifest.content()).stream().map(Error::toString).toList();
  }

  private static Schema schema(String version, String kind) {
    return REGISTRY.getSchema(
        version.startsWith(FLINK + "/")
            ? ofOperator(kind, version.substring(FLINK.length() + 1))
            : ofKubernetes(version + " " + kind));
  }

  private static ObjectNode ofKubernetes(String what) {
    List<String> place = Optional.ofNullable(OWN.get(what)).orElseThrow(() -> unknown(what));
    ObjectNode all = StrictSchema.of(kubernetes(place.get(0)));
    ObjectNode strict = JSON.createObjectNode();
    strict.set("definitions", all.path("definitions"));
    strict.putArray("allOf").addObject().put("$ref", "#/definitions/" + place.get(1));
    return strict;
  }

  private static ObjectNode ofOperator(String kind, String version) {
    JsonNode crd = definition(kind);
    JsonNode declared =
        StreamSupport.stream(crd.requiredAt("/spec/versions").spliterator(), false)
            .filter(one -> one.path("name").asText().equals(version))
            .filter(one -> one.path("served").asBoolean())
            .findFirst()
            .orElseThrow(() -> unknown(kind + " " + version))
            .requiredAt("/schema/openAPIV3Schema");
    ObjectNode strict = StrictSchema.of(declared);
    // These three the API server itself adds to every kind.
    ObjectNode properties = (ObjectNode) strict.path("properties");
    properties.putObject("apiVersion").put("const", FLINK + "/" + version);
    properties.putObject("kind").put("const", kind);
    properties.putObject("metadata").put("$ref", "#/definitions/" + META);
    strict.putArray("required").add("metadata").add("spec");
    strict.set("definitions", StrictSchema.of(kubernetes("core")).path("definitions"));
    return strict;
  }

  private static JsonNode definition(String kind) {
    String name = kind.toLowerCase(Locale.ROOT) + "s." + FLINK + "-v1.yml";
    URL resource = KubernetesSchemas.class.getResource("/META-INF/fabric8/" + name);
    if (resource == null) {
      throw unknown(kind);
    }
    try {
      return YAML.readTree(resource);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Each artefact has a file of this name. */
  private static JsonNode kubernetes(String artefact) {
    try {
      for (URL one :
          Collections.list(
              KubernetesSchemas.class.getClassLoader().getResources("schema/kube-schema.json"))) {
        JsonNode schema = JSON.readTree(one);
        if (schema.path("$module").asText().equals(artefact)) {
          return schema;
        }
      }
      throw unknown(artefact);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static IllegalStateException unknown(String what) {
    return new IllegalStateException("there is no schema for " + what);
  }
}
