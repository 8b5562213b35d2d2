package dev.rlmbeam.sandbox.local;

/** What is to stand between the code in a local sandbox and this machine. */
public enum LocalIsolation {
  /** Bubblewrap where it works, else a plain process. */
  AUTO,
  /** Bubblewrap, or no sandbox at all. */
  BUBBLEWRAP,
  /** A plain process: the code can reach the network and read what the user can read. */
  NONE
}
