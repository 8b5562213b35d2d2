package dev.rlmbeam.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.pipelines.report.FailureLines;
import dev.rlmbeam.pipelines.report.Figures;
import dev.rlmbeam.pipelines.report.Outcome;
import dev.rlmbeam.pipelines.report.UsageText;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;

/** How a run ended, from its summary. */
final class EndLines {
  private EndLines() {}

  static ExitCode exitCode(JsonNode summary) {
    return ExitCode.of(outcome(summary));
  }

  static String of(JsonNode summary) {
    StringBuilder lines = new StringBuilder();
    Duration wall = Duration.ofMillis(Math.round(summary.path("wallSeconds").asDouble() * 1000));
    lines.append(
        String.format(
            Locale.ROOT,
            "%s: %,d of %,d answered, %,d failed, in %s.%n",
            headline(outcome(summary)),
            summary.path("answered").asLong(),
            summary.path("elements").asLong(),
            summary.path("failed").asLong(),
            Figures.span(wall)));
    long unreadable = summary.path("unreadableFiles").asLong();
    if (unreadable > 0) {
      lines.append(
          String.format(
              Locale.ROOT,
              "  %,6d %s not read to the end; see the failures whose ids end in :unread%n",
              unreadable,
              unreadable == 1 ? "file was" : "files were"));
    }
    if (summary.path("notRead").asBoolean()) {
      lines.append("  Reading was stopped: rows that were not read are not counted.\n");
    }
    Iterator<Map.Entry<String, JsonNode>> failures = summary.path("failuresByClass").fields();
    while (failures.hasNext()) {
      Map.Entry<String, JsonNode> failure = failures.next();
      JsonNode example = failure.getValue().path("example");
      String source = example.path("source").asText();
      lines.append(
          String.format(
              Locale.ROOT,
              "  %,6d %s, such as %s: %s%n",
              failure.getValue().path("count").asLong(),
              failure.getKey(),
              FailureLines.printable(source.isEmpty() ? example.path("id").asText() : source),
              FailureLines.oneLine(example.path("message").asText())));
    }
    Iterator<Map.Entry<String, JsonNode>> models = summary.path("usage").fields();
    while (models.hasNext()) {
      Map.Entry<String, JsonNode> model = models.next();
      lines.append("  " + UsageText.of(model.getKey(), model.getValue()) + "\n");
    }
    return lines.toString();
  }

  private static Outcome outcome(JsonNode summary) {
    return Outcome.valueOf(summary.path("outcome").asText().toUpperCase(Locale.ROOT));
  }

  /** Whether the summary says how the run ended, in words that this version knows. */
  static boolean isKnown(JsonNode summary) {
    return Arrays.stream(Outcome.values())
        .anyMatch(one -> one.name().equalsIgnoreCase(summary.path("outcome").asText()));
  }

  /** In words. */
  static String headline(Outcome outcome) {
    return switch (outcome) {
      case DONE -> "Done";
      case TOO_MANY_FAILED -> "More failed than --maxErrorRate allows";
      case INPUT_UNREADABLE -> "Rows are missing, the input cannot be read to its end";
      case REFUSED -> "Stopped, a service refused for good";
      case BRAKE_REACHED -> "Stopped by --runMaxModelCalls";
      case INTERRUPTED -> "Interrupted";
      case NO_TASKS -> "The input has no rows";
    };
  }
}
