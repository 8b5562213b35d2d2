package dev.rlmbeam.pipelines.turns;

import dev.rlmbeam.pipelines.report.FailureLines;
import java.util.ArrayList;
import java.util.List;

/**
 * Text in the cells of a terminal: East Asian characters and pictures take two, marks that sit on
 * others none (after Unicode's East Asian Width, W and F).
 */
final class Cells {
  private static final int[][] WIDE = {
    {0x1100, 0x115f},
    {0x2e80, 0x303e},
    {0x3041, 0x33ff},
    {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},
    {0xa000, 0xa4cf},
    {0xac00, 0xd7a3},
    {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},
    {0xff00, 0xff60},
    {0xffe0, 0xffe6},
    {0x1f300, 0x1f64f},
    {0x1f680, 0x1f6ff},
    {0x1f900, 0x1faff},
    {0x20000, 0x3fffd},
  };
  private static final int TAB = 4;
  private static final int MOST_CHARACTERS_A_CELL = 4; // a pair of surrogates, and marks on it
  private static final int LEAST_TO_INDENT = 8;

  private Cells() {}

  static int of(String text) {
    return text.codePoints().map(Cells::of).sum();
  }

  private static int of(int character) {
    int type = Character.getType(character);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT) {
      return 0;
    }
    for (int[] range : WIDE) {
      if (character >= range[0] && character <= range[1]) {
        return 2;
      }
    }
    return 1;
  }

  /**
   * A line, or what of it goes on below.
   *
   * @param first whether a line begins with it
   */
  record Piece(String text, boolean first) {}

  /** The same as {@link #wrapped}, for who has to know which of them belong together. */
  static List<Piece> pieces(String text, int width) {
    List<Piece> pieces = new ArrayList<>();
    plain(text)
        .lines()
        .forEach(
            line -> {
              List<String> wrapped = new ArrayList<>();
              wrap(line, Math.max(1, width), wrapped);
              for (int i = 0; i < wrapped.size(); i++) {
                pieces.add(new Piece(wrapped.get(i), i == 0));
              }
            });
    return pieces;
  }

  /**
   * Lines of a text of others, each of at most so many cells, broken between words where there are
   * any. Line breaks stay, nothing that a terminal would obey does.
   */
  static List<String> wrapped(String text, int width) {
    List<String> lines = new ArrayList<>();
    plain(text).lines().forEach(line -> wrap(line, Math.max(1, width), lines));
    return lines;
  }

  /** Tabs become blanks; control characters become a sign that they were there. */
  static String plain(String text) {
    StringBuilder plain = new StringBuilder();
    text.lines()
        .forEach(
            line ->
                plain
                    .append(FailureLines.printable(line.replace("\t", " ".repeat(TAB))))
                    .append('\n'));
    return plain.toString();
  }

  private static void wrap(String whole, int width, List<String> into) {
    String line = whole.stripTrailing();
    // What goes on stands under what it goes on from.
    String under = width < LEAST_TO_INDENT ? "" : " ".repeat(Math.min(leading(line), width / 2));
    String indent = "";
    int at = 0;
    while (at < line.length() || at == 0) {
      // No more of it than can fit: a line may have millions of characters.
      int most = Math.min(line.length(), at + MOST_CHARACTERS_A_CELL * (width + 1));
      String window = indent + line.substring(at, most);
      int end = fitting(window, width);
      if (end == window.length() && most == line.length()) {
        into.add(window);
        return;
      }
      int blank = window.lastIndexOf(' ', end);
      boolean atBlank = blank > Math.max(indent.length(), leading(window)) && blank >= end / 2;
      int cut = atBlank ? blank : Math.max(end, indent.length() + 1);
      into.add(window.substring(0, cut).stripTrailing());
      at += cut - indent.length();
      while (at < line.length() && line.charAt(at) == ' ') {
        at++;
      }
      indent = under;
    }
  }

  private static int leading(String line) {
    int blanks = 0;
    while (blanks < line.length() && line.charAt(blanks) == ' ') {
      blanks++;
    }
    return blanks;
  }

  /** Characters of a text that fit: one at least. */
  static int fitting(String text, int width) {
    int cells = 0;
    int at = 0;
    while (at < text.length()) {
      int character = text.codePointAt(at);
      cells += of(character);
      if (cells > width && at > 0) {
        return at;
      }
      at += Character.charCount(character);
    }
    return at;
  }
}
