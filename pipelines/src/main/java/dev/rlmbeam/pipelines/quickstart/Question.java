package dev.rlmbeam.pipelines.quickstart;

import java.util.List;
import java.util.Locale;

/**
 * One question of the quickstart, and what its document is made of. Immutable.
 *
 * @param id of the task
 * @param kind of prose around the answer
 * @param text what is asked
 * @param told sentences of the document that hold the answer, spread over it
 * @param expected what a right answer contains; several forms of it with bars between
 * @param whyMissed why a keyword matcher is expected to miss it; empty if it is not
 */
record Question(
    String id, String kind, String text, List<String> told, String expected, String whyMissed) {
  Question {
    told = List.copyOf(told);
  }

  static Question lookUp(String id, String kind, String text, String told, String expected) {
    return new Question(id, kind, text, List.of(told), expected, "");
  }

  boolean isMissExpected() {
    return !whyMissed.isEmpty();
  }

  /** Whether an answer contains what is expected, as words of their own. */
  boolean isAnsweredBy(String answer) {
    return forms().stream().anyMatch(form -> words(answer).contains(words(form)));
  }

  /** What is expected, for a person. */
  String shownExpected() {
    return forms().get(0);
  }

  private List<String> forms() {
    return List.of(expected.split("\\|"));
  }

  private static String words(String text) {
    return " "
        + text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}.,]+|[.,](?!\\d)", " ")
        + " ";
  }
}
