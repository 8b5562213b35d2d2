package dev.rlmbeam.sandbox.pool;

import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.SandboxToken;
import dev.rlmbeam.sandbox.Sandboxes;
import java.net.URI;
import java.time.Duration;

/** Sandboxes that have lived for a while when their agents answer. */
record SlowlyComing(Sandboxes sandboxes, Duration before) implements Sandboxes {

  @Override
  public Sandbox open(SandboxSpec spec) throws InterruptedException {
    return new Aged(sandboxes.open(spec), System.nanoTime() - before.toNanos());
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

  private record Aged(Sandbox sandbox, long bornNanos) implements Sandbox {
    @Override
    public Duration age() {
      return Duration.ofNanos(System.nanoTime() - bornNanos);
    }

    @Override
    public String id() {
      return sandbox.id();
    }

    @Override
    public URI tunnel() {
      return sandbox.tunnel();
    }

    @Override
    public SandboxToken token() {
      return sandbox.token();
    }

    @Override
    public boolean sessionsApart() {
      return sandbox.sessionsApart();
    }

    @Override
    public boolean isAlive() {
      return sandbox.isAlive();
    }

    @Override
    public void onEnd(Runnable action) {
      sandbox.onEnd(action);
    }

    @Override
    public String diagnostics() {
      return sandbox.diagnostics();
    }

    @Override
    public void close() {
      sandbox.close();
    }
  }
}
