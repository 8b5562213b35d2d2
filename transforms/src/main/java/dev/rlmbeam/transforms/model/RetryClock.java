package dev.rlmbeam.transforms.model;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Time, waiting and chance as retries see them, so that a test can hold them. Thread-safe. */
interface RetryClock {

  /** Monotonic, in nanoseconds. */
  long nanoTime();

  /** The time of day, for a {@code Retry-After} that is a date. */
  Instant now();

  void sleep(Duration time) throws InterruptedException;

  /** 0 inclusive to 1 exclusive. */
  double random();

  /** The real ones. */
  static RetryClock system() {
    return new RetryClock() {
      @Override
      public long nanoTime() {
        return System.nanoTime();
      }

      @Override
      public Instant now() {
        return Instant.now();
      }

      @Override
      public void sleep(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
      }

      @Override
      public double random() {
        return ThreadLocalRandom.current().nextDouble();
      }
    };
  }
}
