package dev.rlmbeam.transforms.model.offline;

import java.util.Locale;

/**
 * Walks over the words of a stretch of text: runs of letters and digits, and the copyright sign,
 * which is a word in one letter. One thread at a time.
 */
final class Words {
  private static final char COPYRIGHT_SIGN = '\u00a9';

  private final String text;
  private final int end;
  private int wordStart;
  private int wordEnd;

  Words(String text, int start, int end) {
    this.text = text;
    this.end = end;
    this.wordEnd = start;
  }

  /** Goes to the next word; false when there is none. */
  boolean next() {
    int i = wordEnd;
    while (i < end && !isPart(text.charAt(i))) {
      i++;
    }
    wordStart = i;
    if (i < end && text.charAt(i) == COPYRIGHT_SIGN) {
      wordEnd = i + 1;
      return true;
    }
    while (i < end && (Character.isLetterOrDigit(text.charAt(i)) || insideNumber(i))) {
      i++;
    }
    wordEnd = i;
    return wordStart < end;
  }

  /** The point of 1.14, the comma of 3,000: such a number is one word, and not also its parts. */
  private boolean insideNumber(int i) {
    char c = text.charAt(i);
    return (c == '.' || c == ',')
        && i > wordStart
        && i + 1 < end
        && Character.isDigit(text.charAt(i - 1))
        && Character.isDigit(text.charAt(i + 1));
  }

  private static boolean isPart(char c) {
    return Character.isLetterOrDigit(c) || c == COPYRIGHT_SIGN;
  }

  int start() {
    return wordStart;
  }

  int end() {
    return wordEnd;
  }

  String raw() {
    return text.substring(wordStart, wordEnd);
  }

  String lower() {
    return raw().toLowerCase(Locale.ROOT);
  }

  boolean capitalised() {
    return Character.isUpperCase(text.charAt(wordStart));
  }

  boolean hasDigit() {
    return Character.isDigit(text.charAt(wordStart)) || Character.isDigit(text.charAt(wordEnd - 1));
  }
}
