package dev.rlmbeam.transforms.rlm;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.rlmbeam.sandbox.repl.ExecutionResult;
import dev.rlmbeam.transforms.model.ModelException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Ends the code block that is being run when a sub-call has failed for good, and can hit nothing
 * else with its interrupt. Thread-safe.
 */
final class BlockGuard {

  /** A code block that is run. */
  interface Block {
    ExecutionResult run() throws InterruptedException;
  }

  @GuardedBy("this")
  private @Nullable Thread running;

  @GuardedBy("this")
  private @Nullable ModelException fatal;

  @GuardedBy("this")
  private boolean interrupted;

  /**
   * Runs a block.
   *
   * @return its result, or empty when it was ended because of {@link #fatal()}
   * @throws InterruptedException when somebody else interrupted
   */
  Optional<ExecutionResult> run(Block block) throws InterruptedException {
    synchronized (this) {
      if (fatal != null) {
        return Optional.empty();
      }
      running = Thread.currentThread();
    }
    boolean ours = false;
    try {
      return Optional.of(block.run());
    } catch (InterruptedException e) {
      ours = leave();
      if (ours) {
        return Optional.empty();
      }
      throw e;
    } finally {
      if (!ours) {
        leave();
      }
    }
  }

  /** A sub-call has failed in a way that no further one can mend. The first one counts. */
  synchronized void fail(ModelException e) {
    if (fatal == null) {
      fatal = e;
      if (running != null) {
        interrupted = true;
        running.interrupt();
      }
    }
  }

  /** What has failed for good, if anything has. */
  synchronized Optional<ModelException> fatal() {
    return Optional.ofNullable(fatal);
  }

  /** True when the interrupt was sent from here; a flag that is still up is taken down. */
  private synchronized boolean leave() {
    running = null;
    boolean ours = interrupted;
    interrupted = false;
    if (ours) {
      // The block may have ended by itself in the same moment; the flag must not outlive it.
      boolean unused = Thread.interrupted();
    }
    return ours;
  }
}
