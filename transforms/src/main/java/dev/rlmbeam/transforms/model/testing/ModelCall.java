package dev.rlmbeam.transforms.model.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.transforms.model.ChatMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** One call that reached a {@link ModelServer}. Read on one thread at a time. */
public final class ModelCall {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final long number;
  private final String path;
  private final Map<String, String> headers;
  private final String body;

  ModelCall(long number, String path, Map<String, String> headers, String body) {
    this.number = number;
    this.path = path;
    this.headers = headers;
    this.body = body;
  }

  /** 1 for the first call of the server. */
  public long number() {
    return number;
  }

  /** The path and query that were called. */
  public String path() {
    return path;
  }

  /** A header of the request; the name in any case. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }

  /** The body as it came. */
  public String body() {
    return body;
  }

  /**
   * The body as JSON.
   *
   * @throws IllegalArgumentException when it is none
   */
  public JsonNode json() {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("call " + number + " has no JSON body: " + body(), e);
    }
  }

  /** The model that was asked for. */
  public String model() {
    return json().path("model").asText();
  }

  /** The conversation that was sent. */
  public List<ChatMessage> messages() {
    List<ChatMessage> messages = new ArrayList<>();
    for (JsonNode message : json().path("messages")) {
      ChatMessage.Role role =
          ChatMessage.Role.valueOf(message.path("role").asText().toUpperCase(Locale.ROOT));
      messages.add(new ChatMessage(role, message.path("content").asText()));
    }
    return messages;
  }

  /** What was said last. */
  public String lastMessage() {
    JsonNode messages = json().path("messages");
    return messages.path(messages.size() - 1).path("content").asText();
  }
}
