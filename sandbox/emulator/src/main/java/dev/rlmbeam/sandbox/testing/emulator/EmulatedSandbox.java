package dev.rlmbeam.sandbox.testing.emulator;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A sandbox as it is at a moment. Immutable.
 *
 * @param id its shape says of which backend it is
 * @param app name of the app
 * @param name its own, if it was given one
 * @param tags as they were set last
 * @param imageId its image
 * @param state where it is in its life
 * @param created when it was asked for
 * @param ended when its result was settled
 * @param exitCode what Modal's SDKs give as such: 124 after its timeout, 137 if terminated
 * @param status name of Modal's own status, such as {@code GENERIC_STATUS_TIMEOUT}; empty before
 *     the end
 */
public record EmulatedSandbox(
    String id,
    String app,
    Optional<String> name,
    Map<String, String> tags,
    String imageId,
    State state,
    Instant created,
    Optional<Instant> ended,
    OptionalInt exitCode,
    String status) {

  /** Where it is in its life. */
  public enum State {
    /** Asked for; its process is not there yet. */
    STARTING,
    /** Its process is there. */
    RUNNING,
    /** It has a result. */
    ENDED
  }

  public EmulatedSandbox {
    tags = Map.copyOf(tags);
  }
}
