package dev.rlmbeam.pipelines.scale;

/**
 * What an element costs its worker's machine, as measured (docs/scaling.md). Seconds of a core of
 * the machine there.
 */
final class Known {
  /** Sandboxes on the worker's machine: their processes count too. */
  static final CpuCosts LOCAL = new CpuCosts(0.0123, 0.00123, 0.001);

  /** Sandboxes elsewhere: the worker's own process alone. */
  static final CpuCosts MODAL = new CpuCosts(0.010, 0.001, 0.0005);

  private Known() {}
}
