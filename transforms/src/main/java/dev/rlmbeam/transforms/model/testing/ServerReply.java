package dev.rlmbeam.transforms.model.testing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What a {@link ModelServer} does with one call. Immutable. */
public final class ServerReply {

  /** How the reply goes over the connection. */
  enum Delivery {
    WHOLE,
    /** Half of the body, then the end of the connection. */
    CUT_OFF,
    /** No byte, the connection reset. */
    RESET,
    /** No byte, the connection left open. */
    NEVER
  }

  private static final CompletableFuture<?> OPEN = CompletableFuture.completedFuture(true);
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Delivery delivery;
  private final int status;
  private final Map<String, String> headers;
  private final String body;
  private final Duration delay;
  private final Duration bodyDelay;
  private final CompletableFuture<?> gate;

  private ServerReply(
      Delivery delivery,
      int status,
      Map<String, String> headers,
      String body,
      Duration delay,
      Duration bodyDelay,
      CompletableFuture<?> gate) {
    this.delivery = delivery;
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.delay = delay;
    this.bodyDelay = bodyDelay;
    this.gate = gate;
  }

  private static ServerReply whole(int status, String body) {
    return new ServerReply(
        Delivery.WHOLE, status, Map.of(), body, Duration.ZERO, Duration.ZERO, OPEN);
  }

  /** A chat completion that says this, with a usage of 1 token for 4 characters of the answer. */
  public static ServerReply text(String text) {
    ObjectNode reply = JSON.objectNode();
    reply.put("id", "chatcmpl-scripted").put("object", "chat.completion");
    ObjectNode choice = reply.putArray("choices").addObject();
    choice.put("index", 0).put("finish_reason", "stop");
    choice.putObject("message").put("role", "assistant").put("content", text);
    int tokens = (text.length() + 3) / 4;
    reply
        .putObject("usage")
        .put("prompt_tokens", 10)
        .put("completion_tokens", tokens)
        .put("total_tokens", 10 + tokens);
    return whole(200, reply.toString());
  }

  /** This status with an error object as OpenAI writes it. */
  public static ServerReply error(int status, String code, String message) {
    ObjectNode reply = JSON.objectNode();
    reply.putObject("error").put("message", message).put("type", "scripted").put("code", code);
    return whole(status, reply.toString());
  }

  /** This status with this body, whatever it is. */
  public static ServerReply body(int status, String body) {
    return whole(status, body);
  }

  /** The connection reset without an answer. */
  public static ServerReply reset() {
    return text("").as(Delivery.RESET);
  }

  /** No answer as long as the server lives. */
  public static ServerReply never() {
    return text("").as(Delivery.NEVER);
  }

  /** This reply, cut off in the middle of its body. */
  public ServerReply cutOff() {
    return as(Delivery.CUT_OFF);
  }

  private ServerReply as(Delivery newDelivery) {
    return new ServerReply(newDelivery, status, headers, body, delay, bodyDelay, gate);
  }

  /** This reply with one more header. */
  public ServerReply header(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new ServerReply(delivery, status, more, body, delay, bodyDelay, gate);
  }

  /** This reply, this long after the call; no thread waits meanwhile. */
  public ServerReply after(Duration newDelay) {
    return new ServerReply(delivery, status, headers, body, newDelay, bodyDelay, gate);
  }

  /**
   * This reply, once the gate is done, by whichever thread and in whichever way; {@link #after} is
   * counted from then. No thread waits meanwhile.
   */
  public ServerReply once(CompletableFuture<?> newGate) {
    return new ServerReply(delivery, status, headers, body, delay, bodyDelay, newGate);
  }

  /** This reply, with this pause in the middle of its body. */
  public ServerReply pausing(Duration newBodyDelay) {
    return new ServerReply(delivery, status, headers, body, delay, newBodyDelay, gate);
  }

  Delivery delivery() {
    return delivery;
  }

  Duration delay() {
    return delay;
  }

  CompletableFuture<?> gate() {
    return gate;
  }

  Duration bodyDelay() {
    return bodyDelay;
  }

  /** The bytes before the body. */
  byte[] head() {
    StringBuilder head = new StringBuilder(160);
    head.append("HTTP/1.1 ").append(status).append(' ').append("Scripted\r\n");
    if (headers.keySet().stream().noneMatch("content-type"::equalsIgnoreCase)) {
      head.append("Content-Type: application/json\r\n");
    }
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    head.append("Content-Length: ").append(bodyBytes().length).append("\r\n\r\n");
    return head.toString().getBytes(StandardCharsets.UTF_8);
  }

  byte[] bodyBytes() {
    return body.getBytes(StandardCharsets.UTF_8);
  }
}
