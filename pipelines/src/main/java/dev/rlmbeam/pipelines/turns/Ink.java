package dev.rlmbeam.pipelines.turns;

/**
 * Colours of a terminal, or none. Only those that can be read on dark and on light ground. They
 * never reach over the end of a line. Immutable.
 *
 * @param on whether there are any
 */
public record Ink(boolean on) {
  private static final String RESET = "\u001b[0m";

  /** Headings. */
  public String bold(String text) {
    return in("1", text);
  }

  /** Figures and frames that matter less. */
  public String faint(String text) {
    return in("2", text);
  }

  /** What went well. */
  public String green(String text) {
    return in("32", text);
  }

  /** What went wrong. */
  public String red(String text) {
    return in("31", text);
  }

  String keyword(String text) {
    return in("35", text);
  }

  String literal(String text) {
    return in("32", text);
  }

  String comment(String text) {
    return in("2;3", text);
  }

  String name(String text) {
    return in("36", text);
  }

  private String in(String codes, String text) {
    return on && !text.isEmpty() ? "\u001b[" + codes + "m" + text + RESET : text;
  }
}
