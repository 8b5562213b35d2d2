package dev.rlmbeam.sandbox.repl;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads events from their JSON; see {@code docs/agent-protocol.md}. */
final class AgentEvents {
  private AgentEvents() {}

  static AgentEvent read(JsonNode node) {
    long seq = node.path("seq").asLong(0);
    return switch (node.path("type").asText("")) {
      case "open" -> new AgentEvent.Opened(node.path("epoch").asText(""));
      case "beat" -> new AgentEvent.Beat();
      case "query" -> new AgentEvent.Asked(seq, query(node));
      case "withdrawn" ->
          new AgentEvent.Withdrawn(seq, node.path("session").asText(""), Json.texts(node, "ids"));
      case "executed" ->
          new AgentEvent.Executed(
              seq,
              node.path("session").asText(""),
              node.path("id").asText(""),
              result(node.path("result")));
      default -> new AgentEvent.Unknown(seq);
    };
  }

  private static ModelQuery query(JsonNode node) {
    JsonNode request = node.path("request");
    boolean batched = request.path("type").asText("").equals("batched");
    List<String> prompts =
        batched
            ? Json.texts(request, "prompts")
            : Json.text(request, "prompt").map(List::of).orElse(List.of());
    return new ModelQuery(
        node.path("id").asText(""),
        node.path("session").asText(""),
        batched,
        prompts,
        Json.text(request, "model"));
  }

  private static ExecutionResult result(JsonNode node) {
    List<Variable> variables = new ArrayList<>();
    for (JsonNode variable : node.path("variables")) {
      variables.add(
          new Variable(
              Json.text(variable, "name").orElse(""),
              Json.text(variable, "type").orElse(""),
              Json.text(variable, "preview").orElse("")));
    }
    return new ExecutionResult(
        outcome(node.path("outcome").asText("")),
        Json.text(node, "stdout").orElse(""),
        Json.text(node, "stderr").orElse(""),
        node.path("stdoutChars").asLong(0),
        node.path("stderrChars").asLong(0),
        error(node.path("error")),
        Json.text(node, "exit"),
        node.path("restarted").asBoolean(false),
        Json.texts(node, "lost"),
        answer(node.path("answer")),
        variables,
        Duration.ofNanos((long) (node.path("seconds").asDouble(0) * 1e9)),
        Json.text(node, "note"));
  }

  private static ExecutionResult.Outcome outcome(String name) {
    try {
      return ExecutionResult.Outcome.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("the agent told an unknown outcome: " + name, e);
    }
  }

  private static Optional<ExecutionResult.PythonError> error(JsonNode node) {
    return node.isObject()
        ? Optional.of(
            new ExecutionResult.PythonError(
                Json.text(node, "type").orElse(""),
                Json.text(node, "message").orElse(""),
                Json.text(node, "traceback").orElse("")))
        : Optional.empty();
  }

  private static Optional<ExecutionResult.Answer> answer(JsonNode node) {
    return node.isObject()
        ? Optional.of(
            new ExecutionResult.Answer(
                node.path("ready").asBoolean(false), Json.text(node, "content").orElse("")))
        : Optional.empty();
  }
}
