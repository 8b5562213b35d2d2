package dev.rlmbeam.pipelines.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map.Entry;
import java.util.Set;

/**
 * Makes JSON schema of what Kubernetes and its tools write for one, as strict as the API server is
 * with {@code kubectl --validate=strict}: a field that is not declared is an error.
 */
final class StrictSchema {
  // Of what is else in there, some are words of Java generators, some mean another thing in JSON
  // schema: a boolean "required" in a property.
  private static final Set<String> KEPT =
      Set.of("type", "items", "$ref", "enum", "pattern", "maxLength", "minLength", "anyOf");
  // Kubernetes' own two types whose form in JSON is not that of the Go struct.
  private static final String NUMBER_OR_TEXT = ".*_(IntOrString|Quantity)";

  private StrictSchema() {}

  /** The schema with its {@code definitions}, if it has any. */
  static ObjectNode of(JsonNode declared) {
    ObjectNode strict = object(declared);
    ObjectNode definitions = strict.putObject("definitions");
    for (Entry<String, JsonNode> one : declared.path("definitions").properties()) {
      definitions.set(
          one.getKey(),
          one.getKey().matches(NUMBER_OR_TEXT) ? numberOrText() : object(one.getValue()));
    }
    return strict;
  }

  private static ObjectNode object(JsonNode declared) {
    ObjectNode strict = JsonNodeFactory.instance.objectNode();
    for (Entry<String, JsonNode> one : declared.properties()) {
      if (KEPT.contains(one.getKey())) {
        strict.set(
            one.getKey(), one.getKey().equals("items") ? object(one.getValue()) : one.getValue());
      }
    }
    if (declared.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
      return strict;
    }
    JsonNode values = declared.path("additionalProperties");
    if (values.isObject()) {
      strict.set("additionalProperties", object(values));
    } else if (declared.has("properties")) {
      properties(declared.path("properties"), strict);
      strict.put("additionalProperties", false);
    }
    return strict;
  }

  private static void properties(JsonNode declared, ObjectNode strict) {
    ObjectNode properties = strict.putObject("properties");
    ArrayNode required = strict.putArray("required");
    for (Entry<String, JsonNode> one : declared.properties()) {
      properties.set(one.getKey(), object(one.getValue()));
      if (one.getValue().path("required").asBoolean()) {
        required.add(one.getKey());
      }
    }
  }

  private static ObjectNode numberOrText() {
    ObjectNode either = JsonNodeFactory.instance.objectNode();
    either.putArray("type").add("number").add("string");
    return either;
  }
}
