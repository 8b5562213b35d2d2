package dev.rlmbeam.sandbox.testing.emulator;

import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.local.ProgramSpec;
import dev.rlmbeam.sandbox.modal.proto.PortSpec;
import dev.rlmbeam.sandbox.modal.proto.Sandbox;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateV2Request;
import dev.rlmbeam.sandbox.modal.proto.SecretSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a sandbox's process is made of. Immutable. */
final class SandboxFactory {
  private static final List<String> NOTHING_TO_DO = List.of("sleep", "172800");
  private static final Set<String> PYTHONS = Set.of("python", "python3");

  private final EmulatedSecrets secrets;

  SandboxFactory(EmulatedSecrets secrets) {
    this.secrets = secrets;
  }

  /** Of the secrets that a request of the older kind names. */
  Map<String, String> environment(Sandbox definition) {
    Map<String, String> environment = new HashMap<>();
    for (String id : definition.getSecretIdsList()) {
      environment.putAll(secrets.variables(id));
    }
    return environment;
  }

  /** Of a request of the newer kind: what comes later wins. */
  Map<String, String> environment(SandboxCreateV2Request request) {
    Map<String, String> environment = environment(request.getDefinition());
    environment.putAll(request.getEphemeralSecrets().getContentsMap());
    for (SecretSource source : request.getSecretSourcesList()) {
      if (source.hasEnv()) {
        environment.putAll(source.getEnv().getContentsMap());
      } else if (source.hasSecretId()) {
        environment.putAll(secrets.variables(source.getSecretId()));
      }
    }
    EmulatedSecrets.checkVariables(environment);
    return environment;
  }

  /** What to run. */
  ProgramSpec spec(
      RunningSandbox.Identity identity,
      Sandbox definition,
      EmulatedImage image,
      Map<String, String> secret) {
    Map<String, String> environment = new HashMap<>(image.environment());
    environment.put("MODAL_SANDBOX_ID", identity.id());
    environment.put("MODAL_TASK_ID", identity.taskId());
    environment.put("MODAL_IMAGE_ID", definition.getImageId());
    environment.putAll(secret);
    int disk = definition.getResources().getEphemeralDiskMb();
    return new ProgramSpec(
        command(definition, image),
        environment,
        definition.hasWorkdir() ? definition.getWorkdir() : image.workdir(),
        disk > 0 ? disk : SandboxSpec.defaults().diskMib(),
        definition.getOpenPorts().getPortsList().stream().map(PortSpec::getPort).toList(),
        new ArrayList<>(image.files().values()));
  }

  private static List<String> command(Sandbox definition, EmulatedImage image) {
    if (definition.getEntrypointArgsCount() > 0) {
      return definition.getEntrypointArgsList();
    }
    return image.command().isEmpty() ? NOTHING_TO_DO : image.command();
  }

  /** Why it cannot even be started, as the image has nothing to start. */
  static Optional<String> missing(Sandbox definition, EmulatedImage image) {
    String first = command(definition, image).get(0);
    String name = first.substring(first.lastIndexOf('/') + 1);
    return image.python() || !PYTHONS.contains(name)
        ? Optional.empty()
        : Optional.of(String.format("exec: \"%s\": executable file not found in $PATH", first));
  }
}
