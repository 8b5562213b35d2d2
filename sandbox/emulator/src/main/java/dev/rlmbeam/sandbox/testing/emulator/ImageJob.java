package dev.rlmbeam.sandbox.testing.emulator;

import dev.rlmbeam.sandbox.modal.proto.GenericResult;
import dev.rlmbeam.sandbox.modal.proto.GenericResult.GenericStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A layer that is built, or was. Thread-safe. */
final class ImageJob {
  private final String id;
  private final DockerBuild.Outcome outcome;
  private final CompletableFuture<GenericResult> result = new CompletableFuture<>();

  /** Settled at once, and told after the time that it takes. */
  ImageJob(String id, DockerBuild.Outcome outcome, Duration time) {
    this.id = id;
    this.outcome = outcome;
    GenericResult end =
        outcome.image().isPresent()
            ? Results.SUCCESS
            : Results.of(
                GenericStatus.GENERIC_STATUS_FAILURE,
                "Image build for " + id + " failed: " + outcome.failure());
    if (time.isZero()) {
      result.complete(end);
    } else {
      CompletableFuture<?> unused =
          result.completeOnTimeout(end, time.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  String id() {
    return id;
  }

  Optional<EmulatedImage> image() {
    return outcome.image();
  }

  List<String> log() {
    return outcome.log();
  }

  Optional<GenericResult> result() {
    return Optional.ofNullable(result.getNow(null));
  }

  /** Empty when it takes longer than that. */
  CompletableFuture<Optional<GenericResult>> await(Duration timeout) {
    return result
        .thenApply(Optional::of)
        .completeOnTimeout(Optional.empty(), timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  boolean failed() {
    return outcome.image().isEmpty();
  }
}
