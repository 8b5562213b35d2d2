package dev.rlmbeam.transforms;

import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.Sandboxes;
import java.util.concurrent.atomic.AtomicInteger;

/** A worker on which no sandbox can be opened. */
final class SetupFailures {
  private static final AtomicInteger TRIES = new AtomicInteger();

  private SetupFailures() {}

  /** Tries from now on. */
  static AtomicInteger counter() {
    TRIES.set(0);
    return TRIES;
  }

  static Sandboxes open() {
    TRIES.incrementAndGet();
    throw new SandboxSetupException("there is no python3; install it");
  }
}
