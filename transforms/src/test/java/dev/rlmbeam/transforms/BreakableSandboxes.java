package dev.rlmbeam.transforms;

import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.Sandboxes;
import dev.rlmbeam.sandbox.local.LocalIsolation;
import dev.rlmbeam.sandbox.local.LocalOptions;
import dev.rlmbeam.sandbox.local.LocalSandboxes;
import java.util.concurrent.ConcurrentHashMap;

/** Local sandboxes, plain processes, that a test can end by name. */
final class BreakableSandboxes implements Sandboxes {
  private static final ConcurrentHashMap<String, Sandbox> OPEN = new ConcurrentHashMap<>();

  private final Sandboxes local;

  private BreakableSandboxes(Sandboxes local) {
    this.local = local;
  }

  static Sandboxes create() throws InterruptedException {
    return new BreakableSandboxes(
        LocalSandboxes.create(LocalOptions.defaults().withIsolation(LocalIsolation.NONE)));
  }

  /** Ends the sandbox that has this id, as if its machine were gone. */
  static void end(String id) {
    Sandbox sandbox = OPEN.get(id);
    if (sandbox == null) {
      throw new IllegalStateException("there is no sandbox " + id + " among " + OPEN.keySet());
    }
    sandbox.close();
  }

  @Override
  public Sandbox open(SandboxSpec spec) throws InterruptedException {
    Sandbox sandbox = local.open(spec);
    OPEN.put(sandbox.id(), sandbox);
    return sandbox;
  }

  @Override
  public boolean sessionsApart() {
    return local.sessionsApart();
  }

  @Override
  public String describe() {
    return local.describe();
  }

  @Override
  public void close() {
    local.close();
  }
}
