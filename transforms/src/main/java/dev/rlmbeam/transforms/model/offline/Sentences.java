package dev.rlmbeam.transforms.model.offline;

import java.util.Locale;
import java.util.Set;

/**
 * Cuts a text into sentences, and into lines where lines are what it is made of (headings, lists,
 * notices, records). Paragraphs whose lines were broken to a width are read across the breaks.
 */
final class Sentences {
  // Longer than any sentence worth an answer; tables and code without a full stop end here.
  private static final int MAX_CHARS = 600;
  // A line of more is no line that somebody broke to a width: it is a record or a paragraph.
  private static final int MAX_WRAPPED_CHARS = 160;

  private static final Set<String> ABBREVIATIONS =
      Set.of(
          "mr", "mrs", "ms", "dr", "st", "prof", "rev", "hon", "capt", "col", "gen", "lt", "sgt",
          "jr", "sr", "inc", "ltd", "co", "corp", "bros", "vs", "etc", "eg", "ie", "e", "i", "g",
          "cf", "al", "no", "nos", "vol", "fig", "figs", "pp", "ch", "sec", "ed", "eds", "approx",
          "dept", "est", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct",
          "nov", "dec", "messrs", "mme", "mlle");

  private final String text;
  private final Spans spans = new Spans();
  private boolean blockOpens = true;

  private Sentences(String text) {
    this.text = text;
  }

  static Spans of(String text) {
    Sentences sentences = new Sentences(text);
    sentences.run();
    return sentences.spans;
  }

  private void run() {
    int at = 0;
    while (at < text.length()) {
      int blockEnd = at;
      int widest = 0;
      while (blockEnd < text.length()) {
        int lineEnd = lineEnd(blockEnd);
        if (bare(blockEnd, lineEnd)) {
          break;
        }
        widest = Math.max(widest, lineEnd - blockEnd);
        blockEnd = lineEnd + 1;
      }
      if (blockEnd > at) {
        blockOpens = true;
        block(at, Math.min(blockEnd, text.length()), widest);
      }
      at = blockEnd > at ? blockEnd : lineEnd(at) + 1;
    }
  }

  /** Lines of one block: joined where they were broken to a width, then cut at full stops. */
  private void block(int start, int end, int widest) {
    int joined = start;
    int line = start;
    while (line < end) {
      int lineEnd = lineEnd(line);
      int next = lineEnd + 1;
      if (next >= end || !continues(line, lineEnd, next, widest)) {
        cut(joined, Math.min(lineEnd, end));
        joined = next;
      }
      line = next;
    }
  }

  private boolean continues(int line, int lineEnd, int next, int widest) {
    int nextEnd = lineEnd(next);
    if (lineEnd - line > MAX_WRAPPED_CHARS || nextEnd - next > MAX_WRAPPED_CHARS) {
      return false;
    }
    int first = firstSign(next, nextEnd);
    char sign = text.charAt(first);
    if ("#=|•+>{}".indexOf(sign) >= 0 || startsItem(first, nextEnd)) {
      return false;
    }
    char last = text.charAt(lastSign(line, lineEnd));
    int lineFirst = firstSign(line, lineEnd);
    char opening = text.charAt(lineFirst);
    if (last == ':' || "#=|".indexOf(opening) >= 0 || (opening == '<' && last == '>')) {
      return false;
    }
    boolean fresh = Character.isUpperCase(sign) || Character.isDigit(sign);
    return !(fresh && (lineEnd - line) * 10 < widest * 6) && !parallel(lineFirst, first);
  }

  /** A bullet, a number with a full stop, or a name with a colon. */
  private boolean startsItem(int at, int end) {
    char sign = text.charAt(at);
    if (sign == '-' || sign == '*') {
      return at + 1 < end && Character.isWhitespace(text.charAt(at + 1));
    }
    int i = at;
    while (i < end
        && i - at < 30
        && (Character.isLetterOrDigit(text.charAt(i)) || "-_ ".indexOf(text.charAt(i)) >= 0)) {
      i++;
    }
    if (i == at || i + 1 >= end) {
      return false;
    }
    boolean item = i - at <= 3 && (text.charAt(i) == '.' || text.charAt(i) == ')');
    boolean named = text.charAt(i) == ':' && Character.isUpperCase(sign);
    return ((item && Character.isDigit(sign)) || named)
        && Character.isWhitespace(text.charAt(i + 1));
  }

  /** Two lines that begin with the same word are two entries. */
  private boolean parallel(int a, int b) {
    int i = 0;
    while (a + i < text.length()
        && b + i < text.length()
        && text.charAt(a + i) == text.charAt(b + i)
        && Character.isLetterOrDigit(text.charAt(a + i))) {
      i++;
    }
    return i >= 3
        && !Character.isLetterOrDigit(text.charAt(a + i))
        && b + i < text.length()
        && !Character.isLetterOrDigit(text.charAt(b + i));
  }

  private void cut(int start, int end) {
    int from = start;
    for (int i = start; i < end; i++) {
      if (endsSentence(i, start, end)) {
        int stop = i + 1;
        while (stop < end && "\"')]”’*_".indexOf(text.charAt(stop)) >= 0) {
          stop++;
        }
        add(from, stop);
        from = stop;
        i = stop - 1;
      } else if (i - from >= MAX_CHARS) {
        int space = lastSpace(from + MAX_CHARS / 2, i);
        add(from, space);
        from = space;
      }
    }
    add(from, end);
  }

  private boolean endsSentence(int i, int start, int end) {
    char c = text.charAt(i);
    if (c != '.' && c != '!' && c != '?') {
      return false;
    }
    int after = i + 1;
    while (after < end && "\"')]”’*_".indexOf(text.charAt(after)) >= 0) {
      after++;
    }
    if (after >= end) {
      return true;
    }
    if (!Character.isWhitespace(text.charAt(after))) {
      return false;
    }
    while (after < end && Character.isWhitespace(text.charAt(after))) {
      after++;
    }
    if (after >= end) {
      return true;
    }
    if (Character.isLowerCase(text.charAt(after))) {
      return false;
    }
    return c != '.' || !abbreviation(i, start) || opensSentence(after, end);
  }

  /** "The", "This", "In": after an abbreviation they tell that the sentence ended all the same. */
  private boolean opensSentence(int at, int end) {
    Words word = new Words(text, at, end);
    return word.next() && word.end() - word.start() > 1 && StopWords.isStop(word.lower());
  }

  private boolean abbreviation(int dot, int start) {
    int from = dot;
    while (from > start && Character.isLetterOrDigit(text.charAt(from - 1))) {
      from--;
    }
    if (from == dot) {
      return false;
    }
    String word = text.substring(from, dot);
    boolean initial = word.length() == 1 && Character.isUpperCase(word.charAt(0));
    boolean itemNumber = from == start && word.length() <= 3 && Character.isDigit(word.charAt(0));
    return initial || itemNumber || ABBREVIATIONS.contains(word.toLowerCase(Locale.ROOT));
  }

  private void add(int start, int end) {
    int from = start;
    int to = end;
    while (from < to && Character.isWhitespace(text.charAt(from))) {
      from++;
    }
    while (to > from && Character.isWhitespace(text.charAt(to - 1))) {
      to--;
    }
    if (from < to) {
      spans.add(from, to, blockOpens);
      blockOpens = false;
    }
  }

  private int lastSpace(int from, int to) {
    for (int i = to; i > from; i--) {
      if (Character.isWhitespace(text.charAt(i))) {
        return i;
      }
    }
    // Never between the halves of a pair.
    return Character.isLowSurrogate(text.charAt(to)) ? to - 1 : to;
  }

  private int lineEnd(int from) {
    int end = text.indexOf('\n', from);
    return end < 0 ? text.length() : end;
  }

  /** True for a line without a letter or digit: blank, or a rule. */
  private boolean bare(int from, int to) {
    for (int i = from; i < to; i++) {
      if (Character.isLetterOrDigit(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private int firstSign(int from, int to) {
    int i = from;
    while (i < to - 1 && Character.isWhitespace(text.charAt(i))) {
      i++;
    }
    return i;
  }

  private int lastSign(int from, int to) {
    int i = to - 1;
    while (i > from && Character.isWhitespace(text.charAt(i))) {
      i--;
    }
    return i;
  }
}
