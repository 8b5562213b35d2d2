package dev.rlmbeam.pipelines.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlmbeam.pipelines.report.UsageJson;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmResult;
import java.util.List;

/** Results and failures as lines of JSON. Names and order of the fields are the output format. */
final class OutputLines {
  /** Fields of a result, in order. */
  static final List<String> RESULT =
      List.of(
          "id",
          "answer",
          "stopReason",
          "turns",
          "subCalls",
          "usage",
          "seconds",
          "attempts",
          "runId",
          "worker");

  /** Fields of a failure, in order. */
  static final List<String> FAILURE =
      List.of(
          "id",
          "errorClass",
          "message",
          "stage",
          "source",
          "attempts",
          "partialAnswer",
          "usage",
          "worker");

  /** The fields that {@code --include} names, behind the others; only where it names some. */
  static final String INPUT = "input";

  private static final ObjectMapper JSON = new ObjectMapper();

  private OutputLines() {}

  static String of(RlmResult result) {
    return written(fields(result));
  }

  static String of(RlmFailure failure) {
    return written(fields(failure));
  }

  static ObjectNode fields(RlmResult result) {
    ObjectNode line = JSON.createObjectNode();
    line.put("id", result.id());
    line.put("answer", result.answer());
    line.put("stopReason", result.stopReason().name());
    line.put("turns", result.turns());
    line.put("subCalls", result.subCalls());
    line.set("usage", UsageJson.of(result.usage()));
    line.put("seconds", Math.round(result.seconds() * 1000) / 1000.0);
    line.put("attempts", result.attempts());
    line.put("runId", result.runId());
    line.put("worker", result.worker());
    include(line, result.attributes());
    return line;
  }

  static ObjectNode fields(RlmFailure failure) {
    ObjectNode line = JSON.createObjectNode();
    line.put("id", failure.id());
    line.put("errorClass", failure.errorClass().name());
    line.put("message", failure.message());
    line.put("stage", failure.stage().name());
    line.put("source", failure.source());
    line.put("attempts", failure.attempts());
    line.put("partialAnswer", failure.partialAnswer());
    line.set("usage", UsageJson.of(failure.usage()));
    line.put("worker", failure.worker());
    include(line, failure.attributes());
    return line;
  }

  private static void include(ObjectNode line, String attributes) {
    if (!attributes.isEmpty()) {
      line.set(INPUT, RowJson.value(attributes));
    }
  }

  private static String written(ObjectNode line) {
    try {
      return JSON.writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can be written", e);
    }
  }
}
