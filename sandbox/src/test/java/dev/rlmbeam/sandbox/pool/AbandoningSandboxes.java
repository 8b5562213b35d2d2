package dev.rlmbeam.sandbox.pool;

import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.Sandboxes;
import dev.rlmbeam.sandbox.fixtures.ProxiedSandbox;

/** Sandboxes whose host vanishes: closing one does not reach it. */
final class AbandoningSandboxes implements Sandboxes {
  private final Sandboxes sandboxes;
  private volatile Sandbox last;

  AbandoningSandboxes(Sandboxes sandboxes) {
    this.sandboxes = sandboxes;
  }

  /** The one opened last. */
  Sandbox last() {
    return last;
  }

  @Override
  public Sandbox open(SandboxSpec spec) throws InterruptedException {
    last = sandboxes.open(spec);
    return new ProxiedSandbox(last, last.tunnel(), last.token(), () -> {});
  }

  @Override
  public boolean sessionsApart() {
    return sandboxes.sessionsApart();
  }

  @Override
  public String describe() {
    return sandboxes.describe();
  }

  @Override
  public void close() {
    // they are the test's
  }
}
