package dev.rlmbeam.pipelines.bench;

import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.SandboxToken;
import dev.rlmbeam.sandbox.Sandboxes;
import java.net.URI;
import java.time.Duration;

/** Sandboxes of this machine that are reached as if they were far. Does not own the real ones. */
record DelayedSandboxes(Sandboxes near, Duration delay) implements Sandboxes {

  @Override
  public Sandbox open(SandboxSpec spec) throws InterruptedException {
    Sandbox sandbox = near.open(spec);
    return new Far(sandbox, DelayProxy.to(sandbox.tunnel(), delay));
  }

  @Override
  public boolean sessionsApart() {
    return near.sessionsApart();
  }

  @Override
  public String describe() {
    return near.describe() + ", " + delay.toMillis() + " ms away";
  }

  /** Nothing: each sandbox is closed by whoever opened it. */
  @Override
  public void close() {}

  private record Far(Sandbox sandbox, DelayProxy proxy) implements Sandbox {
    @Override
    public String id() {
      return sandbox.id();
    }

    @Override
    public URI tunnel() {
      return proxy.uri();
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
      proxy.close();
      sandbox.close();
    }
  }
}
