package dev.rlmbeam.pipelines.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.OptionalDouble;

/** A run's {@code summary.json}. Immutable. */
public final class Summary {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final RunDescription run;
  private final Tally tally;
  private final long finishedAtMillis;

  /** The summary of a run that finished at a time, in milliseconds since the epoch. */
  public Summary(RunDescription run, Tally tally, long finishedAtMillis) {
    this.run = run;
    this.tally = tally;
    this.finishedAtMillis = finishedAtMillis;
  }

  /** Its written form. The names of the fields are part of the output format. */
  public String json() {
    ObjectNode json = JSON.createObjectNode();
    json.put("runId", run.runId());
    json.put("version", Version.current());
    json.put("outcome", Outcome.of(tally, run.maxErrorRate()).wireName());
    json.put("elements", tally.elements());
    json.put("answered", tally.answered());
    json.put("failed", tally.failed());
    json.put("retried", tally.retried());
    ObjectNode stopReasons = json.putObject("stopReasons");
    tally.stopReasons().forEach((reason, count) -> stopReasons.put(reason.name(), count));
    ObjectNode failures = json.putObject("failuresByClass");
    tally
        .failures()
        .forEach(
            (errorClass, failed) -> {
              ObjectNode one = failures.putObject(errorClass.name());
              one.put("count", failed.count());
              one.putObject("example")
                  .put("id", failed.id())
                  .put("source", failed.source())
                  .put("message", failed.message());
            });
    json.put("unreadableFiles", tally.unreadableFiles());
    json.put("notRead", tally.notRead());
    json.put("turns", tally.turns());
    json.put("subCalls", tally.subCalls());
    json.set("usage", UsageJson.of(tally.usage()));
    OptionalDouble cost = tally.totalUsage().costUsd();
    if (cost.isPresent()) {
      json.put("costUsd", cost.getAsDouble());
    } else {
      // Unknown, which is not the same as nothing.
      json.putNull("costUsd");
    }
    json.put("startedAt", Instant.ofEpochMilli(run.startedAtMillis()).toString());
    json.put("finishedAt", Instant.ofEpochMilli(finishedAtMillis).toString());
    json.put("wallSeconds", (finishedAtMillis - run.startedAtMillis()) / 1000.0);
    json.put("elementSeconds", Math.round(tally.elementSeconds() * 1000) / 1000.0);
    json.put("model", run.model());
    json.put("subModel", run.subModel());
    json.put("sandbox", run.sandbox());
    json.put("isolation", run.isolation());
    json.put("runner", run.runner());
    ObjectNode settings = json.putObject("settings");
    run.settings().forEach(settings::put);
    try {
      return JSON.writeValueAsString(json) + "\n";
    } catch (IOException e) {
      throw new UncheckedIOException("a tree can be written", e);
    }
  }
}
