package dev.rlmbeam.pipelines.bench;

import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxSpec;

/** A sandbox from nothing to its agent's first answer through the tunnel. */
final class SandboxStart implements Measurement {

  @Override
  public Samples take(BenchSite site, Scale scale) throws InterruptedException {
    return Samples.take(
        scale.sandboxes(),
        () -> {
          long start = System.nanoTime();
          Sandbox sandbox = site.sandboxes().open(SandboxSpec.defaults());
          long nanos = System.nanoTime() - start;
          sandbox.close();
          return nanos;
        });
  }
}
