package dev.rlmbeam.transforms;

/** How much of the heap a context takes while its element is in flight. */
final class ContextBytes {
  private ContextBytes() {}

  /**
   * A reference is streamed and holds next to nothing. An inline one is held as a string, of two
   * bytes a char at the worst, and as the bytes that go into the sandbox, of three.
   */
  static long held(RlmContext context) {
    return context instanceof RlmContext.Inline inline ? 5L * inline.value().length() : 0;
  }
}
