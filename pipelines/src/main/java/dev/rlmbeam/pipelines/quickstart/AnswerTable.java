package dev.rlmbeam.pipelines.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.pipelines.report.Wrapped;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Questions, answers, what was expected, and what it took, in 80 columns. */
final class AnswerTable {
  private static final int ANSWER_LINES = 2;
  private static final int QUESTION_COLUMNS = 51;

  private AnswerTable() {}

  static String of(List<Question> questions, Map<String, JsonNode> outcomes, boolean offline) {
    StringBuilder table = new StringBuilder("\nAnswers\n");
    table.append(row("", "question, answer, what was expected", "turns", "sub-calls", "seconds"));
    int right = 0;
    for (int i = 0; i < questions.size(); i++) {
      Question question = questions.get(i);
      JsonNode outcome = outcomes.get(question.id());
      right += outcome != null && question.isAnsweredBy(answer(outcome)) ? 1 : 0;
      append(table, i + 1, question, outcome, offline);
    }
    return table
        .append(
            String.format(Locale.ROOT, "%n%d of %d answers are right.%n", right, questions.size()))
        .toString();
  }

  private static void append(
      StringBuilder table,
      int number,
      Question question,
      @Nullable JsonNode outcome,
      boolean offline) {
    List<String> asked = Wrapped.lines(question.text(), QUESTION_COLUMNS);
    table.append(
        row(
            String.valueOf(number),
            asked.get(0),
            outcome == null ? "" : outcome.path("turns").asText("-"),
            outcome == null ? "" : outcome.path("subCalls").asText("-"),
            outcome == null || !outcome.has("seconds")
                ? "-"
                : String.format(Locale.ROOT, "%.1f", outcome.path("seconds").asDouble())));
    asked.stream().skip(1).forEach(line -> table.append("     ").append(line).append('\n'));
    String answer = outcome == null ? "" : answer(outcome);
    boolean right = question.isAnsweredBy(answer);
    table.append(Wrapped.beside("     " + (right ? "+ " : "- "), answer, ANSWER_LINES));
    String why =
        offline && question.isMissExpected() && !right
            ? ". A keyword matcher is expected to miss it: " + question.whyMissed()
            : "";
    table.append(Wrapped.beside("       expected: ", question.shownExpected() + why, 5));
  }

  private static String answer(JsonNode outcome) {
    return outcome.has("errorClass")
        ? "failed: " + outcome.path("errorClass").asText() + ": " + outcome.path("message").asText()
        : outcome.path("answer").asText();
  }

  private static String row(
      String number, String text, String turns, String subCalls, String seconds) {
    return String.format("%4s %-51s %5s %9s %7s%n", number, text, turns, subCalls, seconds);
  }

  static String totals(JsonNode summary) {
    JsonNode usage = summary.path("usage");
    long calls = 0;
    long tokens = 0;
    for (JsonNode model : usage) {
      calls += model.path("calls").asLong();
      tokens += model.path("inputTokens").asLong() + model.path("outputTokens").asLong();
    }
    return String.format(
        Locale.ROOT,
        "In all: %,d turns, %,d sub-calls, %,d model calls, %s, %.1f s.%n",
        summary.path("turns").asLong(),
        summary.path("subCalls").asLong(),
        calls,
        tokens == 0 ? "no tokens" : String.format(Locale.ROOT, "%,d tokens", tokens),
        summary.path("wallSeconds").asDouble());
  }
}
