package dev.rlmbeam.transforms.model.offline;

import java.util.Set;

/** How much a stretch looks like a statement, whatever it is about. Immutable. */
final class SentenceShape {
  private static final Set<String> DEFINING =
      Set.of("is", "are", "was", "were", "means", "refers", "denotes", "stands", "allows");

  private final Question question;
  private final String text;
  private final Spans spans;
  private final boolean neighbours;

  SentenceShape(Question question, String text, Spans spans, boolean neighbours) {
    this.question = question;
    this.text = text;
    this.spans = spans;
    this.neighbours = neighbours;
  }

  /** A heading, a fragment or a question is about the matter, but says nothing of it. */
  double factor(int i) {
    int start = spans.start(i);
    int end = spans.end(i);
    int words = 0;
    int content = 0;
    int news = 0;
    boolean titled = true;
    boolean firstAsked = false;
    boolean digits = false;
    Words word = new Words(text, start, end);
    while (word.next()) {
      String lower = word.lower();
      boolean asked = question.term(lower) != Question.NONE;
      firstAsked |= asked && content == 0;
      content += StopWords.isStop(lower) ? 0 : 1;
      titled &= word.capitalised() || StopWords.isStop(lower);
      news += asked || StopWords.isStop(lower) ? 0 : 1;
      digits |= word.hasDigit();
      words++;
    }
    char first = text.charAt(withoutBullet(start, end));
    char last = text.charAt(end - 1);
    boolean numbered = Character.isDigit(first) && words < 9 && endOfNumber(start, end);
    if (words < 3 || first == '#' || first == '=' || numbered) {
      return 0.5;
    }
    boolean alone = spans.opensBlock(i) && (i + 1 == spans.size() || spans.opensBlock(i + 1));
    boolean plain = Character.isLetterOrDigit(last) && !text.substring(start, end).contains(",");
    // What only repeats the question answers nothing.
    if (news == 0
        || last == '?'
        || (plain && words < 9 && !digits && (titled || (neighbours && alone)))) {
      return 0.6;
    }
    // A statement about a thing likes to begin with it, and is written as a sentence.
    double factor = firstAsked ? 1.1 : 1;
    factor *= Character.isUpperCase(first) && ".!".indexOf(last) >= 0 ? 1.15 : 1;
    return prose(start, end) ? factor : 0.7 * factor;
  }

  /** True when a word of the question is followed at once by what makes a definition. */
  boolean defines(int start, int end) {
    boolean afterAsked = false;
    int position = 0;
    Words word = new Words(text, start, end);
    while (word.next() && position++ < 12) {
      String lower = word.lower();
      if (afterAsked && DEFINING.contains(lower)) {
        return true;
      }
      afterAsked = question.term(lower) != Question.NONE;
    }
    return false;
  }

  /** False for code, paths and tables, which have many signs. */
  private boolean prose(int start, int end) {
    int letters = 0;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      letters += Character.isLetterOrDigit(c) || c == ' ' || c == '\n' ? 1 : 0;
    }
    return letters * 10 >= (end - start) * 7;
  }

  private int withoutBullet(int start, int end) {
    int i = start;
    while (i < end - 1 && "*-\u2022> \t(\"'".indexOf(text.charAt(i)) >= 0) {
      i++;
    }
    return i;
  }

  private boolean endOfNumber(int start, int end) {
    int i = start;
    while (i < end && (Character.isDigit(text.charAt(i)) || text.charAt(i) == '.')) {
      i++;
    }
    return i > start && text.charAt(i - 1) == '.' && i < end && text.charAt(i) == ' ';
  }
}
