package dev.rlmbeam.transforms.rlm.trajectory;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts texts that are too long for a trajectory. */
final class TrajectoryText {
  /** Characters kept of a prompt, a response of a sub-call, and of a block's output. */
  static final int MOST_CHARS = 20_000;

  private static final Pattern NOTE =
      Pattern.compile("\\.\\.\\. \\[(\\d{1,18}) characters in all]\\z");

  private TrajectoryText() {}

  static String capped(String text) {
    return capped(text, MOST_CHARS);
  }

  /** How long a text was before it was cut. */
  static long characters(String capped) {
    Matcher note = NOTE.matcher(capped);
    return note.find() ? Long.parseLong(note.group(1)) : capped.codePointCount(0, capped.length());
  }

  /** The head of the text, with a note of its whole length if it is longer. */
  static String capped(String text, int chars) {
    if (text.length() <= chars) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(chars - 1)) ? chars - 1 : chars;
    return text.substring(0, end) + "... [" + characters(text) + " characters in all]";
  }
}
