package dev.rlmbeam.transforms.rlm;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.rlmbeam.transforms.model.ModelException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says when the code block that is being run has to end: when a sub-call has failed for good, or
 * when the block's time is up. The time stands still while a query of this run waits in line for a
 * thread: that wait is not the code's, and a block that is ended for it would ask, and pay, again.
 * Thread-safe.
 */
final class BlockGuard {
  private final Deadline deadline;

  @GuardedBy("this")
  private @Nullable ModelException fatal;

  @GuardedBy("this")
  private int inLine;

  @GuardedBy("this")
  private Duration limit = Duration.ZERO;

  @GuardedBy("this")
  private Duration used = Duration.ZERO;

  @GuardedBy("this")
  private Duration seen = Duration.ZERO;

  BlockGuard(Deadline deadline) {
    this.deadline = deadline;
  }

  /** A block begins now that may take so long. */
  synchronized void begin(Duration most) {
    limit = most;
    used = Duration.ZERO;
    seen = deadline.elapsed();
  }

  /** Whether the block that was begun last has to end. */
  synchronized boolean over() {
    goOn();
    return fatal != null || used.compareTo(limit) >= 0;
  }

  /** A query gets in line. */
  synchronized void queued() {
    goOn();
    inLine++;
  }

  /** A query has left the line, for a thread or for good. */
  synchronized void unqueued() {
    goOn();
    inLine--;
  }

  /** A sub-call has failed in a way that no further one can mend. The first one counts. */
  synchronized void fail(ModelException e) {
    if (fatal == null) {
      fatal = e;
    }
  }

  /** What has failed for good, if anything has. */
  synchronized Optional<ModelException> fatal() {
    return Optional.ofNullable(fatal);
  }

  @GuardedBy("this")
  private void goOn() {
    Duration now = deadline.elapsed();
    if (inLine == 0) {
      used = used.plus(now).minus(seen);
    }
    seen = now;
  }
}
