package dev.rlmbeam.transforms;

import dev.rlmbeam.sandbox.Sandboxes;
import java.io.Serializable;

/**
 * Makes, on the worker, what opens sandboxes there. Travels with the job graph, so it holds no
 * keys.
 */
public interface SandboxesFactory extends Serializable {

  /**
   * What opens sandboxes here; the caller closes it.
   *
   * @throws dev.rlmbeam.sandbox.SandboxSetupException when none can be opened on this machine with
   *     this configuration
   * @throws InterruptedException when interrupted; nothing is left behind
   */
  Sandboxes create() throws InterruptedException;
}
