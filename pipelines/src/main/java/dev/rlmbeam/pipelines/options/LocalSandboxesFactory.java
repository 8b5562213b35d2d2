package dev.rlmbeam.pipelines.options;

import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.Sandboxes;
import dev.rlmbeam.sandbox.local.LocalIsolation;
import dev.rlmbeam.sandbox.local.LocalOptions;
import dev.rlmbeam.sandbox.local.LocalSandboxes;
import dev.rlmbeam.transforms.SandboxesFactory;

/**
 * Makes local sandboxes on the worker.
 *
 * @param isolation what stands between the code and the machine
 * @param python interpreter; empty for the first fit one
 * @param plainAllowed whether a plain process will do where bubblewrap does not work: only for code
 *     that no language model writes, as each worker decides it for itself
 */
public record LocalSandboxesFactory(LocalIsolation isolation, String python, boolean plainAllowed)
    implements SandboxesFactory {

  @Override
  public Sandboxes create() {
    return createLocal();
  }

  /** The same, with what it knows about this machine. */
  public LocalSandboxes createLocal() {
    LocalOptions options =
        LocalOptions.defaults().withIsolation(isolation).withPlainAllowed(plainAllowed);
    try {
      return LocalSandboxes.create(python.isEmpty() ? options : options.withPython(python));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxSetupException("interrupted while local sandboxes were set up", e);
    }
  }
}
