package dev.rlmbeam.sandbox.local;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How local sandboxes are made. Immutable.
 *
 * @param isolation default {@link LocalIsolation#AUTO}
 * @param python interpreter to use, a path or a name on the PATH; default the PATH's own, or that
 *     of /usr/bin when sessions with uids of their own could not read the first one
 * @param workFolder in which a folder is made for the sandboxes, and removed at the end; with a
 *     short path, as it holds Unix sockets; default the system's temporary folder
 * @param startTimeout for an agent to answer; default 30 s
 * @param plainAllowed whether {@link LocalIsolation#AUTO} may do with a plain process where
 *     bubblewrap does not work: only for code that no language model writes; default false
 */
public record LocalOptions(
    LocalIsolation isolation,
    Optional<String> python,
    Optional<Path> workFolder,
    Duration startTimeout,
    boolean plainAllowed) {

  public LocalOptions {
    if (startTimeout.isNegative() || startTimeout.isZero()) {
      throw new IllegalArgumentException("startTimeout must be > 0, but was " + startTimeout);
    }
  }

  /** All defaults. */
  public static LocalOptions defaults() {
    return new LocalOptions(
        LocalIsolation.AUTO, Optional.empty(), Optional.empty(), Duration.ofSeconds(30), false);
  }

  /** The same with another isolation. */
  public LocalOptions withIsolation(LocalIsolation newIsolation) {
    return new LocalOptions(newIsolation, python, workFolder, startTimeout, plainAllowed);
  }

  /** The same with another interpreter. */
  public LocalOptions withPython(String newPython) {
    return new LocalOptions(
        isolation, Optional.of(newPython), workFolder, startTimeout, plainAllowed);
  }

  /** The same with another work folder. */
  public LocalOptions withWorkFolder(Path newWorkFolder) {
    return new LocalOptions(
        isolation, python, Optional.of(newWorkFolder), startTimeout, plainAllowed);
  }

  /** The same, with or without a plain process where bubblewrap does not work. */
  public LocalOptions withPlainAllowed(boolean newPlainAllowed) {
    return new LocalOptions(isolation, python, workFolder, startTimeout, newPlainAllowed);
  }
}
