package dev.rlmbeam.transforms.model.offline;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A prompt to the sub-model: a question and the text that it is about. The root program writes
 * {@code Question:} and {@code Text:} or {@code Candidates:}; of other prompts the question is the
 * sentence with a question mark in the last or first paragraph, else the last one anywhere, else
 * the first line. Immutable.
 */
final class SubPrompt {
  static final String NOT_FOUND = "not found";
  static final String QUESTION = "Question:";
  static final String TEXT = "Text:";
  static final String CANDIDATES = "Candidates:";

  private static final Pattern QUESTION_LINE =
      Pattern.compile("(?im)^[ \\t>*#]*question[ \\t*]*:[ \\t*]*");
  private static final Pattern TEXT_LINE =
      Pattern.compile(
          "(?im)^[ \\t>*#]*(?:text|context|document|passage|excerpt|chunk|content|article|section)"
              + "[ \\t\\w]{0,20}[*]*:[*]*");
  private static final Pattern CANDIDATES_LINE = Pattern.compile("(?m)^Candidates:[ \\t]*$");
  private static final Pattern NUMBER = Pattern.compile("^\\s*\\d{1,4}[.)]\\s+");
  private static final Pattern BLANK_LINE = Pattern.compile("\\n[ \\t]*\\r?\\n");

  private final String question;
  private final String text;
  private final boolean candidates;

  private SubPrompt(String question, String text, boolean candidates) {
    this.question = question;
    this.text = text;
    this.candidates = candidates;
  }

  static SubPrompt parse(String prompt) {
    Matcher asked = QUESTION_LINE.matcher(prompt);
    if (asked.find()) {
      int end = questionEnd(prompt, asked.end());
      return withText(prompt, prompt.substring(asked.end(), end), asked.start(), end);
    }
    int[] sentence = questionSentence(prompt);
    return withText(prompt, prompt.substring(sentence[0], sentence[1]), sentence[0], sentence[1]);
  }

  /** The question ends at a blank line, at the line where the text begins, or with the prompt. */
  private static int questionEnd(String prompt, int from) {
    int end = prompt.length();
    Matcher blank = BLANK_LINE.matcher(prompt);
    if (blank.find(from)) {
      end = blank.start();
    }
    Matcher text = TEXT_LINE.matcher(prompt);
    if (text.find(from)) {
      end = Math.min(end, text.start());
    }
    return end;
  }

  private static int[] questionSentence(String prompt) {
    String trimmed = prompt.stripTrailing();
    int lastParagraph = Math.max(0, trimmed.lastIndexOf("\n\n"));
    Matcher blank = BLANK_LINE.matcher(trimmed);
    int firstEnd = blank.find() ? blank.start() : trimmed.length();
    int mark = trimmed.indexOf('?', lastParagraph);
    if (mark < 0) {
      mark = trimmed.lastIndexOf('?', firstEnd);
    }
    if (mark < 0) {
      mark = trimmed.lastIndexOf('?');
    }
    if (mark < 0) {
      int line = prompt.indexOf('\n');
      return new int[] {0, line < 0 ? prompt.length() : line};
    }
    int start = mark;
    while (start > 0
        && prompt.charAt(start - 1) != '\n'
        && !(Character.isWhitespace(prompt.charAt(start))
            && ".!?:".indexOf(prompt.charAt(start - 1)) >= 0)) {
      start--;
    }
    return new int[] {start, mark + 1};
  }

  private static SubPrompt withText(String prompt, String question, int start, int end) {
    Matcher list = CANDIDATES_LINE.matcher(prompt);
    if (list.find(end)) {
      return new SubPrompt(question, prompt.substring(list.end()), true);
    }
    Matcher text = TEXT_LINE.matcher(prompt);
    if (text.find(end)) {
      return new SubPrompt(question, prompt.substring(text.end()), false);
    }
    if (text.find(0) && text.start() < start) {
      return new SubPrompt(question, prompt.substring(text.end(), start), false);
    }
    String before = prompt.substring(0, start);
    String after = prompt.substring(end);
    // Joined by a blank line, so that no sentence runs across the question.
    return new SubPrompt(question, before + "\n\n" + after, false);
  }

  String question() {
    return question.strip();
  }

  String text() {
    return text;
  }

  /** The best sentence or candidate, word for word with white space folded, or "not found". */
  String answer() {
    Spans spans = candidates ? lines() : Sentences.of(text);
    Optional<Integer> best =
        new RareWordMatch(Question.of(question), text, spans, !candidates).best();
    return best.map(
            i -> text.substring(spans.start(i), spans.end(i)).replaceAll("\\s+", " ").strip())
        .orElse(NOT_FOUND);
  }

  private Spans lines() {
    Spans spans = new Spans();
    int at = 0;
    while (at < text.length()) {
      int lineEnd = text.indexOf('\n', at);
      int end = lineEnd < 0 ? text.length() : lineEnd;
      Matcher number = NUMBER.matcher(text).region(at, end);
      int start = number.lookingAt() ? number.end() : at;
      if (!text.substring(start, end).isBlank()) {
        spans.add(start, end, true);
      }
      at = end + 1;
    }
    return spans;
  }
}
