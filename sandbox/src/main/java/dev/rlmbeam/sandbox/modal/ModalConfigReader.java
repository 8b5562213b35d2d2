package dev.rlmbeam.sandbox.modal;

import dev.rlmbeam.sandbox.SandboxSetupException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Reads where Modal is and as whom to call it, from where Modal's own SDKs read it: what is said
 * explicitly, then the environment, then the profile of {@code ~/.modal.toml}, then the default.
 *
 * <table>
 * <caption>What is read</caption>
 * <tr><th>variable</th><th>key of a profile</th></tr>
 * <tr><td>{@code MODAL_CONFIG_PATH}</td><td>(the file; default {@code ~/.modal.toml})</td></tr>
 * <tr><td>{@code MODAL_PROFILE}</td><td>(which profile)</td></tr>
 * <tr><td>{@code MODAL_TOKEN_ID}</td><td>{@code token_id}</td></tr>
 * <tr><td>{@code MODAL_TOKEN_SECRET}</td><td>{@code token_secret}</td></tr>
 * <tr><td>{@code MODAL_SERVER_URL}</td><td>{@code server_url}</td></tr>
 * <tr><td>{@code MODAL_ENVIRONMENT}</td><td>{@code environment}</td></tr>
 * <tr><td>{@code MODAL_IMAGE_BUILDER_VERSION}</td><td>{@code image_builder_version}</td></tr>
 * <tr><td>{@code MODAL_MAX_THROTTLE_WAIT}, in seconds</td><td>{@code max_throttle_wait}</td></tr>
 * </table>
 *
 * <p>Not thread-safe.
 */
public final class ModalConfigReader {
  private static final String CURE =
      "run: modal setup (of Modal's Python package), or set MODAL_TOKEN_ID and MODAL_TOKEN_SECRET";

  private final Map<String, String> environment;
  private final Path home;
  private Optional<ModalToken> token = Optional.empty();
  private Optional<String> profile = Optional.empty();
  private Optional<String> modalEnvironment = Optional.empty();
  private Optional<String> serverUrl = Optional.empty();

  /**
   * Reads from these places.
   *
   * @param environment variables
   * @param home the folder that holds {@code .modal.toml}
   */
  public ModalConfigReader(Map<String, String> environment, Path home) {
    this.environment = Map.copyOf(environment);
    this.home = home;
  }

  /** Reads from the variables and the home of this process. */
  public static ModalConfigReader ofThisProcess() {
    return new ModalConfigReader(System.getenv(), Path.of(System.getProperty("user.home", "")));
  }

  /** Brings the token, wherever else there is one. */
  public ModalConfigReader token(ModalToken newToken) {
    token = Optional.of(newToken);
    return this;
  }

  /** Names the profile, whatever else does. */
  public ModalConfigReader profile(String name) {
    profile = Optional.of(name);
    return this;
  }

  /** Names Modal's environment, whatever else does. */
  public ModalConfigReader environment(String name) {
    modalEnvironment = Optional.of(name);
    return this;
  }

  /** Names the server, whatever else does. */
  public ModalConfigReader serverUrl(String url) {
    serverUrl = Optional.of(url);
    return this;
  }

  /**
   * Reads.
   *
   * @throws SandboxSetupException when there are no credentials, or something that was found is not
   *     valid; the message says where and what to do, and holds no secret
   */
  public ModalConfig read() {
    Path file = variable("MODAL_CONFIG_PATH").map(Path::of).orElse(home.resolve(".modal.toml"));
    ModalProfiles profiles = ModalProfiles.read(file);
    Optional<ModalProfiles.Profile> found =
        profile
            .or(() -> variable("MODAL_PROFILE"))
            .map(profiles::named)
            .or(() -> hasToken() ? onlyIfClear(profiles) : profiles.active());
    return new ModalConfig(
        server(found),
        token.orElseGet(() -> tokenOf(found, file)),
        modalEnvironment.or(() -> value(found, "MODAL_ENVIRONMENT", "environment")).orElse(""),
        value(found, "MODAL_IMAGE_BUILDER_VERSION", "image_builder_version"),
        value(found, "MODAL_MAX_THROTTLE_WAIT", "max_throttle_wait")
            .map(ModalConfigReader::seconds)
            .orElse(ModalConfig.DEFAULT_MAX_THROTTLE_WAIT));
  }

  private boolean hasToken() {
    return token.isPresent()
        || (variable("MODAL_TOKEN_ID").isPresent() && variable("MODAL_TOKEN_SECRET").isPresent());
  }

  /** Who brings a token of one's own is not stopped by a file that says nothing clear. */
  private static Optional<ModalProfiles.Profile> onlyIfClear(ModalProfiles profiles) {
    try {
      return profiles.active();
    } catch (SandboxSetupException e) {
      return Optional.empty();
    }
  }

  private URI server(Optional<ModalProfiles.Profile> found) {
    if (serverUrl.isPresent()) {
      return ModalConfig.serverUrl(serverUrl.get(), "the options");
    }
    Optional<String> variable = variable("MODAL_SERVER_URL");
    if (variable.isPresent()) {
      return ModalConfig.serverUrl(variable.get(), "MODAL_SERVER_URL");
    }
    Optional<String> key = found.flatMap(one -> one.value("server_url"));
    return key.isPresent()
        ? ModalConfig.serverUrl(key.get(), found.get().describe())
        : URI.create(ModalConfig.DEFAULT_SERVER_URL);
  }

  private ModalToken tokenOf(Optional<ModalProfiles.Profile> found, Path file) {
    String id = required(found, "MODAL_TOKEN_ID", "token_id", file);
    String secret = required(found, "MODAL_TOKEN_SECRET", "token_secret", file);
    try {
      return new ModalToken(id, secret);
    } catch (IllegalArgumentException e) {
      throw new SandboxSetupException("Modal's credentials: " + e.getMessage() + "; " + CURE, e);
    }
  }

  private String required(
      Optional<ModalProfiles.Profile> found, String variable, String key, Path file) {
    return value(found, variable, key)
        .orElseThrow(
            () ->
                new SandboxSetupException(
                    String.format(
                        "there are no credentials for Modal: no %s, and no %s in %s; %s",
                        variable,
                        key,
                        found.map(ModalProfiles.Profile::describe).orElse(file.toString()),
                        CURE)));
  }

  private Optional<String> value(
      Optional<ModalProfiles.Profile> found, String variable, String key) {
    return variable(variable).or(() -> found.flatMap(one -> one.value(key)));
  }

  /** An empty one counts as none, as in Modal's SDKs. */
  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }

  private static Duration seconds(String text) {
    try {
      double seconds = Double.parseDouble(text);
      if (seconds >= 0 && seconds <= 1e6) {
        return Duration.ofMillis(Math.round(seconds * 1000));
      }
    } catch (NumberFormatException e) {
      throw new SandboxSetupException(
          "MODAL_MAX_THROTTLE_WAIT is a number of seconds, but was " + text, e);
    }
    throw new SandboxSetupException(
        "MODAL_MAX_THROTTLE_WAIT must be 0 to 1000000 seconds, but was " + text);
  }
}
