package dev.rlmbeam.sandbox.modal;

import dev.rlmbeam.sandbox.TunnelTrust;
import java.time.Duration;
import java.util.Optional;

/**
 * How sandboxes of Modal's are opened, whatever each of them is like. Immutable.
 *
 * @param startTimeout from the request for a sandbox to its agent's first answer; default 300 s, as
 *     an image may have to be fetched to where it runs
 * @param buildTimeout for an image; default 30 min
 * @param createsPerSecond most requests for sandboxes a second, of this process; above 0, default 5
 * @param trust whose certificates are believed
 * @param imageId an image that is built already, in place of the one in the sandbox's specification
 */
public record ModalOptions(
    Duration startTimeout,
    Duration buildTimeout,
    double createsPerSecond,
    TunnelTrust trust,
    Optional<String> imageId) {

  public ModalOptions {
    if (startTimeout.isNegative() || startTimeout.isZero()) {
      throw new IllegalArgumentException("startTimeout must be > 0, but was " + startTimeout);
    }
    if (buildTimeout.isNegative() || buildTimeout.isZero()) {
      throw new IllegalArgumentException("buildTimeout must be > 0, but was " + buildTimeout);
    }
    if (!(createsPerSecond > 0 && createsPerSecond <= 1000)) {
      throw new IllegalArgumentException(
          "createsPerSecond must be above 0 and at most 1000, but was " + createsPerSecond);
    }
  }

  /** All defaults. */
  public static ModalOptions defaults() {
    return new ModalOptions(
        Duration.ofMinutes(5), Duration.ofMinutes(30), 5, TunnelTrust.ofSystem(), Optional.empty());
  }

  /** The same with another patience for a start. */
  public ModalOptions withStartTimeout(Duration newStartTimeout) {
    return new ModalOptions(newStartTimeout, buildTimeout, createsPerSecond, trust, imageId);
  }

  /** The same with another rate of requests for sandboxes. */
  public ModalOptions withCreatesPerSecond(double newCreatesPerSecond) {
    return new ModalOptions(startTimeout, buildTimeout, newCreatesPerSecond, trust, imageId);
  }

  /** The same with other certificates believed. */
  public ModalOptions withTrust(TunnelTrust newTrust) {
    return new ModalOptions(startTimeout, buildTimeout, createsPerSecond, newTrust, imageId);
  }

  /** The same with an image that is built already. */
  public ModalOptions withImageId(String newImageId) {
    return new ModalOptions(
        startTimeout, buildTimeout, createsPerSecond, trust, Optional.of(newImageId));
  }
}
