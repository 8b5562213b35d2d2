package dev.rlmbeam.sandbox.repl;

/** Hears of a session's end. */
public interface SessionEnd {

  /**
   * Called once, on the thread that closes the session.
   *
   * @param clean whether nothing of the session is left; if not, its sandbox must not serve another
   */
  void ended(boolean clean);
}
