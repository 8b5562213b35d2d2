package dev.rlmbeam.sandbox;

/**
 * Opens sandboxes, on this machine or elsewhere: the one seam between local processes and a cloud.
 *
 * <p>Thread-safe. Who creates it closes it; closing it closes every sandbox it opened.
 */
public interface Sandboxes extends AutoCloseable {

  /**
   * Opens a sandbox and waits until its agent answers.
   *
   * @return a sandbox that the caller closes
   * @throws SandboxException when none can be had; its {@link SandboxException#retryable()} says
   *     whether to try again
   * @throws InterruptedException when interrupted; nothing is left behind
   */
  Sandbox open(SandboxSpec spec) throws InterruptedException;

  /**
   * Whether sessions of one sandbox are kept apart by uids of their own, so that a sandbox may
   * serve several elements. Known without opening one where possible; a sandbox's own word ({@link
   * Sandbox#sessionsApart()}) counts more.
   */
  boolean sessionsApart();

  /** Whose certificates the tunnels of these sandboxes may show. */
  default TunnelTrust trust() {
    return TunnelTrust.ofSystem();
  }

  /**
   * How many may be opened side by side: what is done on this machine is bound by its processors,
   * what is done elsewhere is not.
   */
  default int openingsAtOnce() {
    return 2 * Runtime.getRuntime().availableProcessors();
  }

  /** Whether somebody pays for the time of these sandboxes. */
  default boolean billed() {
    return false;
  }

  /** What is used, for a person: "local, bubblewrap, own uid a session". */
  String describe();

  @Override
  void close();
}
