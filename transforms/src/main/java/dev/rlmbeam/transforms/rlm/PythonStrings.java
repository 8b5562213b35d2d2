package dev.rlmbeam.transforms.rlm;

/**
 * Follows Python source line by line just far enough to know whether a line begins inside a string
 * literal. One thread at a time.
 */
final class PythonStrings {
  private static final char NONE = 0;

  private char quote = NONE;
  private boolean triple;

  /** Whether the next line begins inside a string. */
  boolean insideString() {
    return quote != NONE;
  }

  void feed(String line) {
    boolean continued = false;
    int at = 0;
    while (at < line.length()) {
      char c = line.charAt(at);
      if (quote == NONE) {
        if (c == '#') {
          break;
        }
        at += c == '"' || c == '\'' ? open(line, at, c) : 1;
      } else if (c == '\\') {
        // In a raw string, too, a backslash keeps the quote after it from ending the string.
        continued = at + 1 == line.length();
        at += 2;
      } else {
        at += c == quote ? close(line, at) : 1;
      }
    }
    if (quote != NONE && !triple && !continued) {
      quote = NONE;
    }
  }

  private int open(String line, int at, char c) {
    quote = c;
    triple = isTriple(line, at);
    return triple ? 3 : 1;
  }

  private int close(String line, int at) {
    if (!triple) {
      quote = NONE;
      return 1;
    }
    if (!isTriple(line, at)) {
      return 1;
    }
    quote = NONE;
    return 3;
  }

  private static boolean isTriple(String line, int at) {
    char c = line.charAt(at);
    return at + 2 < line.length() && line.charAt(at + 1) == c && line.charAt(at + 2) == c;
  }
}
