package dev.rlmbeam.pipelines.turns;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Colours Python code, line by line; strings that reach over several lines are followed, and so is
 * whatever goes on where a line is wrapped. One thread at a time.
 */
final class PythonInk {
  private static final Set<String> KEYWORDS =
      Set.of(
          "False",
          "None",
          "True",
          "and",
          "as",
          "assert",
          "async",
          "await",
          "break",
          "class",
          "continue",
          "def",
          "del",
          "elif",
          "else",
          "except",
          "finally",
          "for",
          "from",
          "global",
          "if",
          "import",
          "in",
          "is",
          "lambda",
          "nonlocal",
          "not",
          "or",
          "pass",
          "raise",
          "return",
          "try",
          "while",
          "with",
          "yield");
  private static final Set<String> OURS =
      Set.of("answer", "context", "llm_query", "llm_query_batched", "SHOW_VARS");
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<comment>#.*)"
              + "|(?<open>(?i:[rbfu]{0,2})(?<quotes>\"\"\"|'''|[\"']))"
              + "|(?<number>\\b\\d[\\d_.eExXoObBaA-fF]*\\b)"
              + "|(?<word>[A-Za-z_]\\w*)");

  private final Ink ink;
  private String openQuotes = ""; // of a string that began before
  private boolean inComment; // which began before, in this line

  PythonInk(Ink ink) {
    this.ink = ink;
  }

  /** The next piece of the code. */
  String piece(Cells.Piece piece) {
    if (!ink.on()) {
      return piece.text();
    }
    if (piece.first()) {
      inComment = false;
      openQuotes = openQuotes.length() == 1 ? "" : openQuotes;
    }
    return inComment ? ink.comment(piece.text()) : coloured(piece.text());
  }

  private String coloured(String line) {
    StringBuilder coloured = new StringBuilder();
    int at = openQuotes.isEmpty() ? 0 : rest(line, 0, 0, coloured);
    Matcher token = TOKEN.matcher(line);
    while (at < line.length() && token.find(at)) {
      coloured.append(line, at, token.start());
      at = token.end();
      if (token.group("open") != null) {
        openQuotes = token.group("quotes");
        at = rest(line, token.start(), token.end(), coloured);
      } else {
        inComment = token.group("comment") != null;
        coloured.append(coloured(token));
      }
    }
    return coloured.append(line, Math.min(at, line.length()), line.length()).toString();
  }

  /** Goes on with an open string; returns where it ends. */
  private int rest(String line, int start, int from, StringBuilder coloured) {
    int end = from;
    while (end < line.length() && !openQuotes.isEmpty()) {
      if (line.startsWith(openQuotes, end)) {
        end += openQuotes.length();
        openQuotes = "";
      } else {
        end += line.charAt(end) == '\\' ? 2 : 1;
      }
    }
    end = Math.min(end, line.length());
    coloured.append(ink.literal(line.substring(start, end)));
    return end;
  }

  private String coloured(Matcher token) {
    String text = token.group();
    if (token.group("comment") != null) {
      return ink.comment(text);
    }
    if (token.group("number") != null) {
      return ink.literal(text);
    }
    return KEYWORDS.contains(text)
        ? ink.keyword(text)
        : OURS.contains(text) ? ink.name(text) : text;
  }
}
