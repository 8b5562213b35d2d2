package dev.rlmbeam.transforms.rlm;

/** Lengths and cuts of text in Unicode code points, as Python counts them. */
final class CodePoints {
  private CodePoints() {}

  static long count(String text) {
    return text.codePointCount(0, text.length());
  }

  /** The first {@code codePoints} of the text, or all of it. */
  static String head(String text, int codePoints) {
    if (text.length() <= codePoints) {
      return text;
    }
    return count(text) <= codePoints
        ? text
        : text.substring(0, text.offsetByCodePoints(0, codePoints));
  }

  /** The last {@code codePoints} of the text, or all of it. */
  static String tail(String text, int codePoints) {
    if (text.length() <= codePoints || count(text) <= codePoints) {
      return text;
    }
    return text.substring(text.offsetByCodePoints(text.length(), -codePoints));
  }

  /**
   * The head of a text of which {@code total} code points were written, with a count of what is not
   * shown.
   */
  static String cut(String text, long total, int limit) {
    String head = head(text, limit);
    long dropped = Math.max(total, count(text)) - count(head);
    return dropped <= 0 ? head : head + "... + [" + dropped + " chars...]";
  }
}
