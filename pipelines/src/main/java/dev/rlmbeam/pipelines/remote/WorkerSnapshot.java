package dev.rlmbeam.pipelines.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlmbeam.pipelines.report.ReadMonitor;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RunSnapshot;
import dev.rlmbeam.transforms.model.ModelUsage;
import dev.rlmbeam.transforms.rlm.FailureClass;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one worker told of itself: what it has read, and how far its elements are. Immutable.
 *
 * @param atMillis when, since the epoch, by the worker's clock
 * @param read of the input
 * @param rlm of the transform
 */
record WorkerSnapshot(long atMillis, ReadMonitor.Snapshot read, RunSnapshot rlm) {
  private static final ObjectMapper JSON = new ObjectMapper();

  String json() throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("at", atMillis);
    json.put("readTasks", read.tasks());
    json.put("readFailed", read.failed());
    failures(json.putArray("readFailures"), read.firstFailures());
    json.put("begun", rlm.begun());
    json.put("inFlight", rlm.inFlight());
    json.put("answered", rlm.answered());
    json.put("failed", rlm.failed());
    ObjectNode classes = json.putObject("failuresByClass");
    rlm.failuresByClass().forEach((errorClass, count) -> classes.put(errorClass.name(), count));
    failures(json.putArray("firstFailures"), rlm.firstFailures());
    json.put("calls", rlm.modelCalls());
    json.put("inputTokens", rlm.usage().inputTokens());
    json.put("outputTokens", rlm.usage().outputTokens());
    rlm.refusal().ifPresent(refusal -> json.put("refusal", refusal));
    json.put("brakeReached", rlm.brakeReached());
    json.put("stopped", rlm.stopped());
    rlm.notices().forEach(json.withArray("notices")::add);
    return JSON.writeValueAsString(json);
  }

  private static void failures(ArrayNode to, List<RlmFailure> failures) {
    for (RlmFailure failure : failures) {
      to.addObject()
          .put("id", failure.id())
          .put("errorClass", failure.errorClass().name())
          .put("message", failure.message())
          .put("source", failure.source());
    }
  }

  static WorkerSnapshot of(String text, String runId) throws IOException {
    JsonNode json = JSON.readTree(text);
    Map<FailureClass, Long> classes = new EnumMap<>(FailureClass.class);
    json.path("failuresByClass")
        .properties()
        .forEach(
            entry -> classes.put(FailureClass.valueOf(entry.getKey()), entry.getValue().asLong()));
    List<String> notices = new ArrayList<>();
    json.path("notices").forEach(notice -> notices.add(notice.asText()));
    long calls = json.path("calls").asLong();
    return new WorkerSnapshot(
        json.path("at").asLong(),
        new ReadMonitor.Snapshot(
            json.path("readTasks").asLong(),
            json.path("readFailed").asLong(),
            failures(json.path("readFailures"), runId)),
        new RunSnapshot(
            json.path("begun").asLong(),
            json.path("inFlight").asInt(),
            json.path("answered").asLong(),
            json.path("failed").asLong(),
            classes,
            failures(json.path("firstFailures"), runId),
            calls,
            new ModelUsage(
                calls, json.path("inputTokens").asLong(), json.path("outputTokens").asLong(), null),
            Optional.ofNullable(json.path("refusal").textValue()),
            json.path("brakeReached").asBoolean(),
            json.path("stopped").asBoolean(),
            notices));
  }

  private static List<RlmFailure> failures(JsonNode list, String runId) {
    List<RlmFailure> failures = new ArrayList<>();
    for (JsonNode one : list) {
      failures.add(
          RlmFailure.ofInput(
              one.path("id").asText(),
              FailureClass.valueOf(one.path("errorClass").asText()),
              one.path("message").asText(),
              one.path("source").asText(),
              runId));
    }
    return failures;
  }
}
