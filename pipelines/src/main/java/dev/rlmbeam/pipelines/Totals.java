package dev.rlmbeam.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.pipelines.report.Figures;
import dev.rlmbeam.pipelines.turns.TurnText;
import java.util.Locale;
import java.util.StringJoiner;

/** What one element took, from its line in results or failures. */
final class Totals {
  private Totals() {}

  /** One line: turns, sub-calls, time, tokens, cost. */
  static String of(JsonNode outcome) {
    StringJoiner line = new StringJoiner(", ", "", "\n");
    add(line, outcome, "turns", "turn");
    add(line, outcome, "subCalls", "sub-call");
    if (outcome.has("seconds")) {
      line.add(TurnText.seconds(outcome.path("seconds").asDouble()));
    }
    long in = 0;
    long out = 0;
    double cost = 0;
    boolean priced = false;
    for (JsonNode model : outcome.path("usage")) {
      in += model.path("inputTokens").asLong();
      out += model.path("outputTokens").asLong();
      cost += model.path("costUsd").asDouble();
      priced |= model.path("costUsd").isNumber();
    }
    line.add(Figures.count(in) + " tokens in, " + Figures.count(out) + " out");
    if (priced) {
      line.add(String.format(Locale.ROOT, "%.4f USD", cost));
    }
    return line.toString();
  }

  private static void add(StringJoiner line, JsonNode outcome, String field, String name) {
    if (outcome.has(field)) {
      long count = outcome.path(field).asLong();
      line.add(String.format(Locale.ROOT, "%,d %s%s", count, name, count == 1 ? "" : "s"));
    }
  }
}
