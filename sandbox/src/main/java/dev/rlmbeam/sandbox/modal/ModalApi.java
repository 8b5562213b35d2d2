package dev.rlmbeam.sandbox.modal;

import dev.rlmbeam.sandbox.CloudSpec;
import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.modal.proto.AppGetOrCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.EnvironmentGetOrCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.ModalClientGrpc;
import dev.rlmbeam.sandbox.modal.proto.ObjectCreationType;
import dev.rlmbeam.sandbox.modal.proto.ProxyGetRequest;
import dev.rlmbeam.sandbox.modal.proto.SecretGetOrCreateRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a sandbox needs to be there before it: app, environment, secrets, proxy. Thread-safe. */
final class ModalApi {
  static final Duration SHORT = Duration.ofSeconds(30);

  private final ModalCalls calls;

  ModalApi(ModalCalls calls) {
    this.calls = calls;
  }

  ModalCalls calls() {
    return calls;
  }

  private String environment() {
    return calls.config().environment();
  }

  /** The app's id; the app is made if it is missing. */
  String app(String name) throws InterruptedException {
    return app(name, ObjectCreationType.OBJECT_CREATION_TYPE_CREATE_IF_MISSING);
  }

  /** The app's id, if there is such an app. */
  Optional<String> existingApp(String name) throws InterruptedException {
    try {
      return Optional.of(app(name, ObjectCreationType.OBJECT_CREATION_TYPE_UNSPECIFIED));
    } catch (ModalException e) {
      if (e.kind() == ModalException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private String app(String name, ObjectCreationType type) throws InterruptedException {
    AppGetOrCreateRequest request =
        AppGetOrCreateRequest.newBuilder()
            .setAppName(name)
            .setEnvironmentName(environment())
            .setObjectCreationType(type)
            .build();
    return calls.call(ModalClientGrpc.getAppGetOrCreateMethod(), request, SHORT, "").getAppId();
  }

  /** How Modal builds images: what the configuration says, or else the environment. */
  String imageBuilderVersion() throws InterruptedException {
    Optional<String> configured = calls.config().imageBuilderVersion();
    if (configured.isPresent()) {
      return configured.get();
    }
    EnvironmentGetOrCreateRequest request =
        EnvironmentGetOrCreateRequest.newBuilder().setDeploymentName(environment()).build();
    return calls
        .call(ModalClientGrpc.getEnvironmentGetOrCreateMethod(), request, SHORT, "")
        .getMetadata()
        .getSettings()
        .getImageBuilderVersion();
  }

  /**
   * Ids of the secrets that are asked for.
   *
   * @throws SandboxSetupException when there is none of such a name
   */
  List<String> secrets(CloudSpec spec) throws InterruptedException {
    List<String> ids = new ArrayList<>();
    for (String name : spec.secrets()) {
      SecretGetOrCreateRequest request =
          SecretGetOrCreateRequest.newBuilder()
              .setDeploymentName(name)
              .setEnvironmentName(environment())
              .build();
      ids.add(found("secret", name, () -> secret(request)));
    }
    return ids;
  }

  /** A secret of these values, which nobody has by name; for the older backend. */
  String unnamedSecret(Map<String, String> values) throws InterruptedException {
    return secret(
        SecretGetOrCreateRequest.newBuilder()
            .setEnvironmentName(environment())
            .setObjectCreationType(ObjectCreationType.OBJECT_CREATION_TYPE_EPHEMERAL)
            .putAllEnvDict(values)
            .build());
  }

  private String secret(SecretGetOrCreateRequest request) throws InterruptedException {
    return calls
        .call(ModalClientGrpc.getSecretGetOrCreateMethod(), request, SHORT, "")
        .getSecretId();
  }

  /**
   * Id of the proxy that is asked for, if one is.
   *
   * @throws SandboxSetupException when there is none of that name
   */
  Optional<String> proxy(CloudSpec spec) throws InterruptedException {
    if (spec.proxy().isEmpty()) {
      return Optional.empty();
    }
    ProxyGetRequest request =
        ProxyGetRequest.newBuilder()
            .setName(spec.proxy())
            .setEnvironmentName(environment())
            .build();
    return Optional.of(
        found(
            "proxy",
            spec.proxy(),
            () ->
                calls
                    .call(ModalClientGrpc.getProxyGetMethod(), request, SHORT, "")
                    .getProxy()
                    .getProxyId()));
  }

  private interface Lookup {
    String run() throws InterruptedException;
  }

  private String found(String what, String name, Lookup lookup) throws InterruptedException {
    try {
      return lookup.run();
    } catch (ModalException e) {
      if (e.kind() != ModalException.Kind.NOT_FOUND) {
        throw e;
      }
      String where = environment().isEmpty() ? "the default environment" : environment();
      throw new SandboxSetupException(
          String.format("Modal has no %s named %s in %s; make it there first", what, name, where),
          e);
    }
  }
}
