package dev.rlmbeam.transforms.rlm;

import java.util.List;

/**
 * The code in one root response. Immutable.
 *
 * <p>A block is what stands between a line of three or more backticks with the word {@code repl}
 * and a line that begins with as many backticks. It follows the reference where that is sound, and
 * differs where it loses or breaks code:
 *
 * <ul>
 *   <li>Fences of other languages, and {@code repl} with more words after it, are no code. {@code
 *       REPL} in capitals is.
 *   <li>A fence may be indented; the code's common indentation (that of its first line) is taken
 *       away. The reference misses such a block or breaks its indentation.
 *   <li>A fence inside a Python string that goes over several lines is text and does not end the
 *       block, as long as a fence after the string does.
 *   <li>Blocks inside {@code <think>} are thoughts and are not run; a {@code </think>} on a line's
 *       own that was never opened (some chat templates swallow the opening) makes everything before
 *       it a thought. The reference runs them.
 *   <li>A block quoted inside a longer fence is text.
 *   <li>An empty block is not run; a block that is never closed is not run.
 *   <li>Of very many blocks only the first ones are run.
 * </ul>
 *
 * @param blocks code, in order, never blank
 * @param unclosed whether a block was opened and not closed
 * @param otherLanguage whether there was a fenced block that is not for the REPL
 * @param tooMany whether there were more blocks than are run
 */
record ResponseCode(List<String> blocks, boolean unclosed, boolean otherLanguage, boolean tooMany) {
  ResponseCode {
    blocks = List.copyOf(blocks);
  }

  /**
   * Finds the code in a response.
   *
   * @param truncated whether the response was cut off at its end; then a block that seems to go on
   *     to the end is incomplete
   */
  static ResponseCode parse(String response, boolean truncated) {
    return new ResponseScanner(response, truncated).scan();
  }
}
