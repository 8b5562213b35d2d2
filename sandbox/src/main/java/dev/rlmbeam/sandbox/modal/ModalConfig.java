package dev.rlmbeam.sandbox.modal;

import dev.rlmbeam.sandbox.SandboxSetupException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Where Modal is, and how to call it. Immutable; holds a secret, which is never printed, so it
 * stays on the machine that has read it.
 *
 * @param serverUrl {@code https://api.modal.com}, or {@code http://} to this machine
 * @param token as whom
 * @param environment Modal's environment; empty for the workspace's default
 * @param imageBuilderVersion instead of the one that the environment says
 * @param maxThrottleWait how long one call may be put off by Modal in all; default 10 min
 */
public record ModalConfig(
    URI serverUrl,
    ModalToken token,
    String environment,
    Optional<String> imageBuilderVersion,
    Duration maxThrottleWait) {
  /** Where Modal is. */
  public static final String DEFAULT_SERVER_URL = "https://api.modal.com";

  /** Long enough for a busy hour, short enough that a job does not stand still for ever. */
  public static final Duration DEFAULT_MAX_THROTTLE_WAIT = Duration.ofMinutes(10);

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  public ModalConfig {
    if (maxThrottleWait.isNegative()) {
      throw new IllegalArgumentException("maxThrottleWait must be >= 0, was " + maxThrottleWait);
    }
  }

  /** All defaults but for the token. */
  public static ModalConfig of(ModalToken token) {
    return new ModalConfig(
        URI.create(DEFAULT_SERVER_URL), token, "", Optional.empty(), DEFAULT_MAX_THROTTLE_WAIT);
  }

  /** The same service elsewhere: an emulator, say. */
  public ModalConfig withServerUrl(URI newServerUrl) {
    return new ModalConfig(newServerUrl, token, environment, imageBuilderVersion, maxThrottleWait);
  }

  /** The same with another bound for being put off. */
  public ModalConfig withMaxThrottleWait(Duration newMaxThrottleWait) {
    return new ModalConfig(serverUrl, token, environment, imageBuilderVersion, newMaxThrottleWait);
  }

  /**
   * Reads a server URL, of which Modal's own SDKs take the same forms.
   *
   * @param origin where it was read, for the message
   * @throws SandboxSetupException that says what is wrong with it
   */
  static URI serverUrl(String text, String origin) {
    // The Python SDK takes several and races them; the first is Modal's own favourite.
    String first = text.split(",", -1)[0].strip();
    if (!first.startsWith("https://") && !first.startsWith("http://")) {
      throw new SandboxSetupException(
          String.format(
              "the server URL from %s must begin with https:// (or http:// for this machine), but"
                  + " is %s",
              origin, first));
    }
    URI url;
    try {
      url = new URI(first);
    } catch (URISyntaxException e) {
      throw new SandboxSetupException(
          "the server URL from " + origin + " is no URL: " + e.getMessage(), e);
    }
    if (url.getHost() == null || url.getUserInfo() != null || url.getQuery() != null) {
      throw new SandboxSetupException(
          "the server URL from " + origin + " must be a host, with or without a port");
    }
    if (url.getScheme().equals("http") && !LOOPBACK.contains(url.getHost())) {
      throw new SandboxSetupException(
          String.format(
              "the server URL from %s would send the token over %s without encryption; use"
                  + " https://",
              origin, url.getHost()));
    }
    if (url.getPath() != null && !Set.of("", "/").contains(url.getPath())) {
      throw new SandboxSetupException(
          "the server URL from " + origin + " must not have a path, but has " + url.getPath());
    }
    return url;
  }
}
