package dev.rlmbeam.sandbox.testing.emulator;

import java.util.function.BooleanSupplier;

/** Looks again and again, for at most 30 s. */
public final class Until {
  private static final long NANOS = 30_000_000_000L;

  private Until() {}

  public static boolean holds(BooleanSupplier what) throws InterruptedException {
    long end = System.nanoTime() + NANOS;
    while (!what.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      Thread.sleep(10);
    }
    return true;
  }
}
