package dev.rlmbeam.transforms.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.transforms.model.ModelException.Kind;
import java.time.Instant;
import java.util.List;

/** Makes of a service's error what it means: by status and code, never by the words. */
final class ErrorReply {
  private static final int MAX_EXCERPT_CHARS = 300;
  private static final List<String> NO_MONEY =
      List.of("insufficient_quota", "billing_hard_limit_reached", "billing_not_active");
  private static final List<String> WRONG_CONFIGURATION =
      List.of("model_not_found", "invalid_api_key");

  private ErrorReply() {}

  static AttemptException of(HttpReply reply, JsonNode body, Instant now, ModelUsage usage) {
    JsonNode error = body.path("error");
    int status = status(reply.status(), error);
    String code = error.path("code").asText("");
    String type = error.path("type").asText("");
    Kind kind = kind(status, code, type, error);
    boolean retryable =
        (kind == Kind.RATE_LIMITED || kind == Kind.UNAVAILABLE)
            && !"false".equals(reply.headers().get("x-should-retry"));
    StringBuilder message = new StringBuilder("it answered ").append(status);
    if (status >= 300 && status <= 399) {
      message.append(", a redirect to ").append(reply.headers().get("Location"));
    }
    message.append(": ").append(excerpt(words(reply, body)));
    if (!code.isEmpty() && !code.equals(Integer.toString(status))) {
      message.append(" (").append(code).append(')');
    }
    return new AttemptException(
        kind,
        status,
        retryable,
        message.toString(),
        RetryDelays.asked(reply.headers(), now).orElse(null),
        ChatWire.uncounted(usage));
  }

  /** A router answers 200 and puts the status of the service behind it into the error. */
  private static int status(int httpStatus, JsonNode error) {
    if (httpStatus >= 300) {
      return httpStatus;
    }
    int inBody = error.path("code").asInt(error.path("status").asInt(0));
    return inBody >= 400 && inBody <= 599 ? inBody : httpStatus;
  }

  private static Kind kind(int status, String code, String type, JsonNode error) {
    if (NO_MONEY.contains(code) || NO_MONEY.contains(type) || WRONG_CONFIGURATION.contains(code)) {
      return Kind.REFUSED;
    }
    if (status == 403) {
      // OpenRouter says 403 for one prompt that its moderation flagged, too.
      return error.path("metadata").has("flagged_input") ? Kind.BAD_REQUEST : Kind.REFUSED;
    }
    if (status == 429) {
      return Kind.RATE_LIMITED;
    }
    if (status == 408 || status == 409 || status == 425 || status < 300 || status >= 500) {
      return Kind.UNAVAILABLE;
    }
    if (status < 400 || List.of(401, 402, 404, 405, 410).contains(status)) {
      return Kind.REFUSED;
    }
    return Kind.BAD_REQUEST;
  }

  /** The service's words, in the places where services put them. */
  private static String words(HttpReply reply, JsonNode body) {
    JsonNode error = body.path("error");
    for (JsonNode place :
        List.of(error.path("message"), error, body.path("message"), body.path("detail"))) {
      if (place.isTextual() && !place.textValue().isBlank()) {
        return place.textValue();
      }
    }
    return reply.body().utf8();
  }

  /** The beginning, on one line. */
  static String excerpt(String text) {
    String start = text.substring(0, Math.min(text.length(), 4 * MAX_EXCERPT_CHARS));
    String line = start.replaceAll("\\s+", " ").strip();
    if (line.isEmpty()) {
      return "(empty)";
    }
    return line.length() <= MAX_EXCERPT_CHARS ? line : line.substring(0, MAX_EXCERPT_CHARS) + "…";
  }
}
