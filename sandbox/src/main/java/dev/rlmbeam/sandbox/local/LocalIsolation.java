package dev.rlmbeam.sandbox.local;

/** What is to stand between the code in a local sandbox and this machine. */
public enum LocalIsolation {
  /**
   * Bubblewrap, or no sandbox at all; a plain process in its place only where {@link
   * LocalOptions#plainAllowed()} says that the code is harmless.
   */
  AUTO,
  /** Bubblewrap, or no sandbox at all. */
  BUBBLEWRAP,
  /** A plain process: the code can reach the network and read what the user can read. */
  NONE
}
