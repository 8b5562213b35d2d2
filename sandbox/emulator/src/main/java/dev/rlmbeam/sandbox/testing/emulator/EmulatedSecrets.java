package dev.rlmbeam.sandbox.testing.emulator;

import dev.rlmbeam.sandbox.modal.proto.ObjectCreationType;
import dev.rlmbeam.sandbox.modal.proto.SecretGetOrCreateRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** Secrets, with a name or without. Thread-safe. */
final class EmulatedSecrets {
  private static final Pattern VARIABLE = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

  private final Map<String, Map<String, String>> byId = new ConcurrentHashMap<>();
  private final Map<String, String> idsByName = new ConcurrentHashMap<>();

  EmulatedSecrets(Map<String, Map<String, String>> named) {
    named.forEach((name, variables) -> idsByName.put(name, add(variables)));
  }

  private String add(Map<String, String> variables) {
    checkVariables(variables);
    String id = Ids.of("st-");
    byId.put(id, new TreeMap<>(variables));
    return id;
  }

  static void checkVariables(Map<String, String> variables) {
    for (String name : variables.keySet()) {
      if (!VARIABLE.matcher(name).matches()) {
        throw Refusals.invalid("this is no name of a variable: %s", name);
      }
    }
  }

  String getOrCreate(SecretGetOrCreateRequest request) {
    ObjectCreationType type = request.getObjectCreationType();
    if (type == ObjectCreationType.OBJECT_CREATION_TYPE_EPHEMERAL
        || type == ObjectCreationType.OBJECT_CREATION_TYPE_ANONYMOUS_OWNED_BY_APP) {
      return add(request.getEnvDictMap());
    }
    String name = request.getDeploymentName();
    if (name.isEmpty()) {
      throw Refusals.invalid("a secret without a name must be ephemeral");
    }
    if (type != ObjectCreationType.OBJECT_CREATION_TYPE_UNSPECIFIED) {
      return create(name, type, request.getEnvDictMap());
    }
    String id = idsByName.get(name);
    if (id == null) {
      throw Refusals.notFound(
          "Secret '%s' not found in environment '%s'", name, request.getEnvironmentName());
    }
    List<String> missing = new ArrayList<>(request.getRequiredKeysList());
    missing.removeAll(variables(id).keySet());
    if (!missing.isEmpty()) {
      throw Refusals.precondition("Secret is missing key(s): %s", String.join(", ", missing));
    }
    return id;
  }

  private synchronized String create(
      String name, ObjectCreationType type, Map<String, String> variables) {
    String id = idsByName.get(name);
    if (id != null && type == ObjectCreationType.OBJECT_CREATION_TYPE_CREATE_FAIL_IF_EXISTS) {
      throw Refusals.exists("Secret '%s' exists already", name);
    }
    if (id == null || type == ObjectCreationType.OBJECT_CREATION_TYPE_CREATE_OVERWRITE_IF_EXISTS) {
      id = add(variables);
      idsByName.put(name, id);
    }
    return id;
  }

  /** What is in one. */
  Map<String, String> variables(String id) {
    Map<String, String> variables = byId.get(id);
    if (variables == null) {
      throw Refusals.notFound("Secret %s not found", id);
    }
    return variables;
  }
}
