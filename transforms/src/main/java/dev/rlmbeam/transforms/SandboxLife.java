package dev.rlmbeam.transforms;

import dev.rlmbeam.sandbox.SandboxSpec;
import java.time.Duration;

/**
 * A sandbox takes elements in the first half of its life, so that each finds the time that it may
 * take. An element that may take longer than half a life would be killed in the middle, in every
 * attempt.
 */
final class SandboxLife {
  private static final int ELEMENTS = 2;

  private SandboxLife() {}

  /**
   * The configuration, with the default life made long enough.
   *
   * @throws IllegalArgumentException when a life that was chosen is too short
   */
  static RlmConfiguration fitting(RlmConfiguration config) {
    SandboxSpec spec = config.sandboxSpec();
    Duration needed = config.settings().elementTimeout().multipliedBy(ELEMENTS);
    if (needed.compareTo(spec.timeout()) <= 0) {
      return config;
    }
    SandboxSpec defaults = SandboxSpec.defaults();
    if (!spec.timeout().equals(defaults.timeout())) {
      throw new IllegalArgumentException(
          "a sandbox's life (timeout of the SandboxSpec) of "
              + spec.timeout().toSeconds()
              + " s is less than twice the elementTimeout of "
              + config.settings().elementTimeout().toSeconds()
              + " s, so elements would be killed in the middle; make it "
              + needed.toSeconds()
              + " s or more, or make elementTimeout shorter");
    }
    return config.toBuilder().sandboxSpec(spec.withTimeout(needed)).build();
  }
}
