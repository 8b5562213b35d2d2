package dev.rlmbeam.sandbox;

/** What a Python module is without the words that are there for its readers. */
final class PythonSource {
  private static final String QUOTES = "\"\"\"";

  private PythonSource() {}

  /**
   * The module without docstrings and comment lines, so that more code fits into a command. Every
   * line keeps its number, for tracebacks. A statement takes the place of each docstring, because
   * it may be all that a class or function has.
   *
   * <p>Goes by lines: one that starts with three quotes begins a docstring, which ends with the
   * next line that ends with three. The agent's sources are written that way, and a test compares
   * what is left with what was there.
   */
  static String withoutProse(String source) {
    StringBuilder code = new StringBuilder(source.length());
    boolean inside = false;
    for (String line : source.split("\n", -1)) {
      String text = line.strip();
      if (inside) {
        inside = !text.endsWith(QUOTES);
      } else if (text.startsWith(QUOTES)) {
        code.append(line, 0, line.indexOf(QUOTES)).append('0');
        inside = text.length() < 2 * QUOTES.length() || !text.endsWith(QUOTES);
      } else if (!text.startsWith("#")) {
        code.append(line);
      }
      code.append('\n');
    }
    return code.deleteCharAt(code.length() - 1).toString();
  }
}
