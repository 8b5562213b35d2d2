package dev.rlmbeam.pipelines.report;

import java.util.ArrayList;
import java.util.List;

/** Text for a terminal of 80 columns. */
public final class Wrapped {
  /** Width of everything that is shown. */
  public static final int COLUMNS = 80;

  private Wrapped() {}

  /** Words in lines of at most so many characters. */
  public static List<String> lines(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.strip().split("\\s+", -1)) {
      String rest = word;
      if (line.length() > 0 && line.length() + 1 + rest.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      while (rest.length() > width) {
        lines.add(rest.substring(0, width));
        rest = rest.substring(width);
      }
      line.append(line.length() == 0 ? "" : " ").append(rest);
    }
    lines.add(line.toString());
    return lines;
  }

  /** A name, and beside it the text; what does not fit on {@code most} lines is cut. */
  public static String beside(String name, String text, int most) {
    return block(name, lines(text, COLUMNS - name.length()), most, "more lines");
  }

  /** A name, and beside it lines as they are, each cut at the edge. */
  public static String code(String name, String text, int most) {
    List<String> lines = text.stripTrailing().lines().toList();
    return block(name, lines, most, "more lines");
  }

  private static String block(String name, List<String> lines, int most, String rest) {
    StringBuilder block = new StringBuilder();
    int shown = lines.size() <= most ? lines.size() : most - 1;
    String indent = " ".repeat(name.length());
    for (int i = 0; i < shown; i++) {
      block.append(i == 0 ? name : indent).append(cut(lines.get(i), COLUMNS - name.length()));
      block.append('\n');
    }
    if (shown < lines.size()) {
      block.append(indent).append("… ").append(lines.size() - shown).append(' ').append(rest);
      block.append('\n');
    }
    return block.toString();
  }

  /** A text of at most so many characters, with a sign that it was cut. */
  public static String cut(String text, int characters) {
    return text.length() <= characters ? text : text.substring(0, characters - 1) + "…";
  }
}
