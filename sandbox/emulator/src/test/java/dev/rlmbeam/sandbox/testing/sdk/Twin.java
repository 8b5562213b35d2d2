package dev.rlmbeam.sandbox.testing.sdk;

import com.google.protobuf.Message;
import dev.rlmbeam.sandbox.modal.proto.AppGetOrCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.ObjectCreationType;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateV2Request;
import dev.rlmbeam.sandbox.modal.proto.SecretGetOrCreateRequest;
import dev.rlmbeam.sandbox.testing.emulator.RecordedRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What one client asked for one sandbox: its requests from the one for its app on. */
record Twin(List<RecordedRequest> requests) {

  /** Those of many sandboxes, one after the other, by the names of their apps. */
  static Map<String, Twin> split(List<RecordedRequest> recorded) {
    Map<String, Twin> twins = new LinkedHashMap<>();
    for (RecordedRequest request : recorded) {
      if (request.message() instanceof AppGetOrCreateRequest app) {
        twins.put(app.getAppName(), new Twin(new ArrayList<>()));
      }
      new ArrayList<>(twins.values()).get(twins.size() - 1).requests.add(request);
    }
    return twins;
  }

  /**
   * Path and value of every field of every request, such as {@code ImageGetOrCreate#2
   * image.version}. Requests of one kind are in their order; that between kinds makes no difference
   * to Modal.
   */
  Map<String, String> fields() {
    Map<String, Integer> counts = new TreeMap<>();
    Map<String, String> fields = new TreeMap<>();
    for (RecordedRequest request : requests) {
      String name = request.rpc() + "#" + counts.merge(request.rpc(), 1, Integer::sum);
      fields.put(name, "{}");
      FlatMessage.of(request.message())
          .forEach((path, value) -> fields.put(name + " " + path, value));
    }
    return fields;
  }

  /** The variables that the sandbox is given by value, whatever the way. */
  Map<String, String> environment() {
    Map<String, String> environment = new TreeMap<>();
    for (RecordedRequest request : requests) {
      Message message = request.message();
      if (message instanceof SandboxCreateV2Request create) {
        environment.putAll(create.getEphemeralSecrets().getContentsMap());
        create
            .getSecretSourcesList()
            .forEach(one -> environment.putAll(one.getEnv().getContentsMap()));
      } else if (message instanceof SecretGetOrCreateRequest secret
          && secret.getObjectCreationType() == ObjectCreationType.OBJECT_CREATION_TYPE_EPHEMERAL) {
        environment.putAll(secret.getEnvDictMap());
      }
    }
    return environment;
  }
}
