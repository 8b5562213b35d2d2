package dev.rlmbeam.transforms.rlm.trajectory;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts the trajectories that could not be written whole, and logs the first. Thread-safe. */
final class LostTrajectories {
  private static final Logger LOG = LoggerFactory.getLogger(LostTrajectories.class);

  private final AtomicLong count = new AtomicLong();

  void add(String id, Exception cause) {
    if (count.getAndIncrement() == 0) {
      LOG.warn(
          "question={} its trajectory cannot be written; answers are not affected, and further"
              + " trajectories that are lost are only counted",
          id,
          cause);
    }
  }

  long count() {
    return count.get();
  }
}
