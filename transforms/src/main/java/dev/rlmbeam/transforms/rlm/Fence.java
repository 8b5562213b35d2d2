package dev.rlmbeam.transforms.rlm;

import java.util.Locale;
import java.util.Optional;

/**
 * A line that opens or closes a fenced block. Immutable.
 *
 * @param ticks how many backticks, three or more
 * @param info what stands after them, untrimmed
 */
record Fence(int ticks, String info) {

  /** The fence that the line begins with, at any indentation. */
  static Optional<Fence> atStart(String line) {
    String text = line.stripLeading();
    int ticks = 0;
    while (ticks < text.length() && text.charAt(ticks) == '`') {
      ticks++;
    }
    String info = text.substring(ticks);
    return ticks < 3 || info.indexOf('`') >= 0
        ? Optional.empty()
        : Optional.of(new Fence(ticks, info));
  }

  /** A fence for REPL code that stands at the end of a line of prose. */
  static Optional<Fence> atEnd(String line) {
    String text = line.stripTrailing();
    if (!text.toLowerCase(Locale.ROOT).endsWith("```repl")) {
      return Optional.empty();
    }
    int end = text.length() - "repl".length();
    int begin = end;
    while (begin > 0 && text.charAt(begin - 1) == '`') {
      begin--;
    }
    // Backticks earlier in the line: the fence is quoted there, not opened.
    return text.lastIndexOf('`', begin - 1) >= 0
        ? Optional.empty()
        : Optional.of(new Fence(end - begin, text.substring(end)));
  }

  boolean opensRepl() {
    return info.strip().equalsIgnoreCase("repl");
  }

  /** Whether a language follows without a space, so that it can only be meant to open a block. */
  boolean opens() {
    return !info.isBlank() && !Character.isWhitespace(info.charAt(0));
  }
}
