package dev.rlmbeam.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.pipelines.io.RunRecords;
import dev.rlmbeam.pipelines.report.FailureLines;
import dev.rlmbeam.pipelines.report.UsageText;
import dev.rlmbeam.pipelines.report.Version;
import dev.rlmbeam.pipelines.turns.TurnText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A run as a whole: how it went, and its failures by class. One use. */
final class RunPage {
  private static final int EXAMPLES = 3;

  private final RunRecords run;
  private final TurnText text;
  private final StringBuilder page = new StringBuilder();
  private final Map<String, FailedClass> classes = new TreeMap<>();
  private long answered;
  private long failed;

  private RunPage(RunRecords run, TurnText text) {
    this.run = run;
    this.text = text;
  }

  /** Failures of one kind. */
  private static final class FailedClass {
    private final List<JsonNode> examples = new ArrayList<>();
    private long count;
  }

  static String of(RunRecords run, TurnText text) throws IOException {
    return new RunPage(run, text).page();
  }

  private String page() throws IOException {
    run.outcomes(
        line -> {
          count(line);
          return true;
        });
    Optional<JsonNode> summary = run.summary();
    page.append(text.heading(run.path(), ""));
    if (summary.isPresent()) {
      finished(summary.get());
    } else {
      page.append(
          text.text(
              run.state() == RunRecords.State.RUNNING
                  ? "This run goes on at this moment. So far:"
                  : "This run has no summary: it was killed, or goes on elsewhere. What there is:"));
      page.append(
          text.text(String.format(Locale.ROOT, "%,d answered, %,d failed", answered, failed)));
    }
    if (answered + failed == 0) {
      summary.ifPresent(this::failuresOfSummary);
    }
    failures();
    next();
    return page.toString();
  }

  private void count(JsonNode line) {
    if (!line.has("errorClass")) {
      answered++;
      return;
    }
    failed++;
    FailedClass same =
        classes.computeIfAbsent(line.path("errorClass").asText(), name -> new FailedClass());
    same.count++;
    if (same.examples.size() < EXAMPLES) {
      same.examples.add(line);
    }
  }

  private void finished(JsonNode summary) {
    String version = summary.path("version").asText();
    if (!version.equals(Version.current())) {
      page.append(
          text.text(
              "Written by version "
                  + version
                  + ", shown by "
                  + Version.current()
                  + "; what is new since then is missing."));
    }
    if (EndLines.isKnown(summary)) {
      String end = EndLines.of(summary);
      int rest = end.indexOf("\n  "); // failures stand below, with more of each
      page.append(text.text(rest < 0 ? end : end.substring(0, rest)));
    } else {
      field("outcome", summary.path("outcome").asText("not said"));
    }
    field("started", summary.path("startedAt").asText());
    field("model", summary.path("model").asText());
    if (!summary.path("model").asText().startsWith(summary.path("subModel").asText())) {
      field("sub-model", summary.path("subModel").asText());
    }
    field(
        "sandbox",
        summary.path("sandbox").asText() + "; isolation " + summary.path("isolation").asText());
    field("runner", summary.path("runner").asText());
    field(
        "turns",
        String.format(
            Locale.ROOT,
            "%,d, sub-calls %,d, retried elements %,d",
            summary.path("turns").asLong(),
            summary.path("subCalls").asLong(),
            summary.path("retried").asLong()));
    StringBuilder reasons = new StringBuilder();
    summary
        .path("stopReasons")
        .fields()
        .forEachRemaining(
            reason ->
                reasons
                    .append(reasons.isEmpty() ? "" : ", ")
                    .append(reason.getKey())
                    .append(' ')
                    .append(reason.getValue().asText()));
    field("ended by", reasons.toString());
    summary.path("usage").fields().forEachRemaining(this::usage);
  }

  private void usage(Map.Entry<String, JsonNode> model) {
    field("usage", UsageText.of(model.getKey(), model.getValue()));
  }

  private void field(String name, String value) {
    if (!value.isEmpty()) {
      page.append(text.beside(String.format("%-10s", name), value));
    }
  }

  private void failures() {
    classes.forEach(
        (name, same) -> {
          page.append('\n')
              .append(text.heading(name, String.format(Locale.ROOT, "%,d failed", same.count)));
          for (JsonNode failure : same.examples) {
            String id = failure.path("id").asText();
            String source = failure.path("source").asText();
            String where = source.isEmpty() || source.equals(id) ? "" : "  (" + source + ")";
            page.append(text.text(FailureLines.printable(id + where)));
            page.append(
                text.failure("  " + FailureLines.oneLine(failure.path("message").asText())));
          }
          if (same.count > same.examples.size()) {
            page.append(text.text("… " + (same.count - same.examples.size()) + " more"));
          }
        });
  }

  /** Where the files of results are gone: one example of each class stands there. */
  private void failuresOfSummary(JsonNode summary) {
    summary
        .path("failuresByClass")
        .fields()
        .forEachRemaining(
            entry -> {
              FailedClass same = new FailedClass();
              same.count = entry.getValue().path("count").asLong();
              same.examples.add(entry.getValue().path("example"));
              classes.put(entry.getKey(), same);
            });
  }

  private void next() throws IOException {
    page.append('\n');
    Optional<String> example =
        classes.values().stream().map(same -> same.examples.get(0).path("id").asText()).findFirst();
    String id = example.isPresent() ? example.get() : firstId();
    if (!id.isEmpty()) {
      page.append(text.text("./rlm show " + run.path() + " " + Quoted.of(id)));
    }
  }

  private String firstId() throws IOException {
    StringBuilder first = new StringBuilder();
    run.outcomes(
        line -> {
          first.append(line.path("id").asText());
          return false;
        });
    return first.toString();
  }
}
