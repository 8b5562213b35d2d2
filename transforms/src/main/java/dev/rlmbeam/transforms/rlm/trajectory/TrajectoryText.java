package dev.rlmbeam.transforms.rlm.trajectory;

/** Cuts texts that are too long for a trajectory. */
final class TrajectoryText {
  /** Characters kept of a prompt, a response of a sub-call, and of a block's output. */
  static final int MOST_CHARS = 20_000;

  private TrajectoryText() {}

  static String capped(String text) {
    return capped(text, MOST_CHARS);
  }

  /** The head of the text, with a note of its whole length if it is longer. */
  static String capped(String text, int chars) {
    if (text.length() <= chars) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(chars - 1)) ? chars - 1 : chars;
    return text.substring(0, end)
        + "... ["
        + text.codePointCount(0, text.length())
        + " characters in all]";
  }
}
