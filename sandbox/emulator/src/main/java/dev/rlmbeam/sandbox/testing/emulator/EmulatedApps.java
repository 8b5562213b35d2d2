package dev.rlmbeam.sandbox.testing.emulator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.rlmbeam.sandbox.modal.proto.AppGetOrCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.EnvironmentGetOrCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.EnvironmentGetOrCreateResponse;
import dev.rlmbeam.sandbox.modal.proto.EnvironmentMetadata;
import dev.rlmbeam.sandbox.modal.proto.EnvironmentSettings;
import dev.rlmbeam.sandbox.modal.proto.ObjectCreationType;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The workspace's environments, and the apps in them. Thread-safe. */
final class EmulatedApps {
  static final String BUILDER_VERSION = "2025.06";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern ID = Pattern.compile("ap-[A-Za-z0-9]{22}");

  private final String defaultEnvironment;

  @GuardedBy("this")
  private final Map<String, String> environmentIds = new LinkedHashMap<>();

  @GuardedBy("this")
  private final Map<App, String> ids = new HashMap<>();

  @GuardedBy("this")
  private final Map<String, App> byId = new HashMap<>();

  /** An app; its name is its own within its environment. */
  record App(String environment, String name) {}

  EmulatedApps(List<String> environments) {
    defaultEnvironment = environments.get(0);
    environments.forEach(name -> environmentIds.put(name, Ids.of("en-")));
  }

  /** Apps and sandboxes are named alike. */
  static void checkName(String what, String name) {
    if (!NAME.matcher(name).matches() || ID.matcher(name).matches()) {
      throw Refusals.invalid(
          "Invalid %s name: '%s'. Names have 1 to 64 letters, digits, dashes, periods and"
              + " underscores, and must not look like an id of an app",
          what, name);
    }
  }

  private static boolean creates(ObjectCreationType type) {
    return switch (type) {
      case OBJECT_CREATION_TYPE_CREATE_IF_MISSING,
          OBJECT_CREATION_TYPE_CREATE_FAIL_IF_EXISTS,
          OBJECT_CREATION_TYPE_CREATE_OVERWRITE_IF_EXISTS ->
          true;
      default -> false;
    };
  }

  synchronized EnvironmentGetOrCreateResponse environment(EnvironmentGetOrCreateRequest request) {
    String name =
        request.getDeploymentName().isEmpty() ? defaultEnvironment : request.getDeploymentName();
    if (creates(request.getObjectCreationType())) {
      checkName("environment", name);
      environmentIds.computeIfAbsent(name, unused -> Ids.of("en-"));
    }
    return EnvironmentGetOrCreateResponse.newBuilder()
        .setEnvironmentId(environmentIds.getOrDefault(environmentName(name), ""))
        .setMetadata(
            EnvironmentMetadata.newBuilder()
                .setName(name)
                .setSettings(
                    EnvironmentSettings.newBuilder().setImageBuilderVersion(BUILDER_VERSION)))
        .build();
  }

  /** The environment of this name, or the default one. */
  synchronized String environmentName(String name) {
    if (name.isEmpty()) {
      return defaultEnvironment;
    }
    if (!environmentIds.containsKey(name)) {
      throw Refusals.notFound("Environment '%s' not found", name);
    }
    return name;
  }

  synchronized String getOrCreate(AppGetOrCreateRequest request) {
    checkName("app", request.getAppName());
    App app = new App(environmentName(request.getEnvironmentName()), request.getAppName());
    String id = ids.get(app);
    ObjectCreationType type = request.getObjectCreationType();
    if (id != null && type == ObjectCreationType.OBJECT_CREATION_TYPE_CREATE_FAIL_IF_EXISTS) {
      throw Refusals.exists("App '%s' exists already", app.name());
    }
    if (id == null && !creates(type)) {
      throw Refusals.notFound(
          "App '%s' not found in environment '%s'", app.name(), app.environment());
    }
    if (id == null) {
      id = Ids.of("ap-");
      ids.put(app, id);
      byId.put(id, app);
    }
    return id;
  }

  synchronized App require(String id) {
    App app = byId.get(id);
    if (app == null) {
      throw Refusals.notFound("App %s not found", id);
    }
    return app;
  }

  synchronized Optional<String> find(String environment, String name) {
    return Optional.ofNullable(ids.get(new App(environmentName(environment), name)));
  }
}
