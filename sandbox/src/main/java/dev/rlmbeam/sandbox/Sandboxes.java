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

  /** What is used, for a person: "local, bubblewrap, own uid a session". */
  String describe();

  @Override
  void close();
}
