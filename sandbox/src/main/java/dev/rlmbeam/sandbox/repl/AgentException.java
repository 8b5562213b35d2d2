package dev.rlmbeam.sandbox.repl;

import com.fasterxml.jackson.databind.JsonNode;

/** The agent refused a call: its answer had another status than 2xx. */
final class AgentException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final transient JsonNode body;

  AgentException(String call, int status, JsonNode body) {
    super(
        String.format(
            "%s answered %d %s: %s",
            call,
            status,
            body.path("code").asText(""),
            Json.wellFormed(body.path("error").asText("(no message)"))));
    this.status = status;
    this.code = body.path("code").asText("");
    this.body = body;
  }

  int status() {
    return status;
  }

  /** The agent's own word for it, such as {@code no-session}; empty if it did not say. */
  String code() {
    return code;
  }

  String field(String name) {
    return body.path(name).asText("");
  }

  /** What the agent says, without the call. */
  String reason() {
    return Json.wellFormed(body.path("error").asText(""));
  }

  /**
   * Whether something between us and the agent answered in its place, for the moment. The agent's
   * own refusals have a code.
   */
  boolean isTransient() {
    return code.isEmpty()
        && (status == 502 || status == 503 || status == 504 || status == 429 || status == 408);
  }
}
