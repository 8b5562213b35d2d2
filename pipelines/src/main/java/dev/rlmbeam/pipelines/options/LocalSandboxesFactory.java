package dev.rlmbeam.pipelines.options;

import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.Sandboxes;
import dev.rlmbeam.sandbox.local.LocalIsolation;
import dev.rlmbeam.sandbox.local.LocalOptions;
import dev.rlmbeam.sandbox.local.LocalSandboxes;
import dev.rlmbeam.transforms.SandboxesFactory;
import java.util.Arrays;
import java.util.stream.Stream;

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
  private static final String OFFLINE = "offline";

  @Override
  public Sandboxes create() {
    return createLocal();
  }

  /**
   * Begins to try what this machine has, while options are still being read: it takes as long. A
   * value that is wrong is left for later.
   */
  public static void lookAhead(GivenOptions given) {
    if (given.value("sandbox").orElse("").equalsIgnoreCase("modal")) {
      return;
    }
    String isolation = given.value("localIsolation").orElse(LocalIsolation.AUTO.name());
    if (Arrays.stream(LocalIsolation.values())
        .anyMatch(one -> one.name().equalsIgnoreCase(isolation))) {
      boolean offline =
          Stream.of("model", "subModel")
              .allMatch(model -> given.value(model).orElse(OFFLINE).equals(OFFLINE));
      LocalSandboxesFactory likely =
          new LocalSandboxesFactory(
              Choice.of("localIsolation", isolation, LocalIsolation.class),
              given.value("python").orElse(""),
              offline);
      LocalSandboxes.lookAhead(likely.options());
    }
  }

  private LocalOptions options() {
    LocalOptions options =
        LocalOptions.defaults().withIsolation(isolation).withPlainAllowed(plainAllowed);
    return python.isEmpty() ? options : options.withPython(python);
  }

  /** The same, with what it knows about this machine. */
  public LocalSandboxes createLocal() {
    try {
      return LocalSandboxes.create(options());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxSetupException("interrupted while local sandboxes were set up", e);
    }
  }
}
