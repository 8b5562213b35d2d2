package dev.rlmbeam.transforms.model;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.rlmbeam.transforms.model.ModelException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/** Chat completions as JSON: a request out, a response in. Immutable. */
final class ChatWire {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String model;
  private final JsonNode extraBody;
  private final boolean mergeMessages;

  ChatWire(String model, String extraBody, boolean mergeMessages) {
    this.model = model;
    this.mergeMessages = mergeMessages;
    try {
      this.extraBody = JSON.readTree(extraBody);
    } catch (IOException e) {
      throw new IllegalArgumentException("the extra body is no JSON", e);
    }
  }

  byte[] encode(List<ChatMessage> messages) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
    try (JsonGenerator json = JSON.getFactory().createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("model", model);
      json.writeArrayFieldStart("messages");
      for (ChatMessage message : mergeMessages ? merged(messages) : messages) {
        json.writeStartObject();
        json.writeStringField("role", message.role().wireName());
        json.writeStringField("content", wellFormed(message.content()));
        json.writeEndObject();
      }
      json.writeEndArray();
      for (Iterator<Map.Entry<String, JsonNode>> i = extraBody.fields(); i.hasNext(); ) {
        Map.Entry<String, JsonNode> field = i.next();
        json.writeFieldName(field.getKey());
        json.writeTree(field.getValue());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static List<ChatMessage> merged(List<ChatMessage> messages) {
    List<ChatMessage> merged = new ArrayList<>();
    for (ChatMessage message : messages) {
      int last = merged.size() - 1;
      if (last >= 0 && merged.get(last).role() == message.role()) {
        String both = merged.get(last).content() + "\n\n" + message.content();
        merged.set(last, new ChatMessage(message.role(), both));
      } else {
        merged.add(message);
      }
    }
    return merged;
  }

  /** Python strings may hold half a surrogate pair, which JSON in UTF-8 cannot. */
  private static String wellFormed(String text) {
    StringBuilder fixed = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
        continue;
      }
      if (fixed == null) {
        fixed = new StringBuilder(text);
      }
      fixed.setCharAt(i, '\uFFFD');
    }
    return fixed == null ? text : fixed.toString();
  }

  /**
   * The response, if the reply is one.
   *
   * @param now the time of day, against which a {@code Retry-After} date is read
   */
  ModelResponse decode(HttpReply reply, Instant now) throws AttemptException {
    JsonNode body = parse(reply);
    if (reply.status() < 200 || reply.status() > 299) {
      throw ErrorReply.of(reply, body, now, ModelUsage.NONE);
    }
    if (!reply.complete()) {
      throw new AttemptException(
          Kind.BAD_RESPONSE,
          reply.status(),
          true,
          "its answer was cut off after " + reply.body().size() + " bytes");
    }
    JsonNode choice = body.path("choices").path(0);
    ModelUsage usage = usage(body.path("usage"), reply.headers());
    JsonNode error = choice.isObject() ? choice.path("error") : body.path("error");
    if (error.isObject() || error.isTextual()) {
      throw ErrorReply.of(reply, choice.isObject() ? choice : body, now, usage);
    }
    JsonNode message = choice.path("message");
    if (!message.isObject()) {
      throw new AttemptException(
          Kind.BAD_RESPONSE,
          reply.status(),
          false,
          "its answer is no chat completion: "
              + (body.isMissingNode() ? "no JSON: " : "no choices: ")
              + ErrorReply.excerpt(reply.body().utf8()),
          null,
          uncounted(usage));
    }
    String finish = choice.path("finish_reason").asText("");
    String text = text(message);
    if (finish.equals("content_filter") && text.isEmpty()) {
      throw new AttemptException(
          Kind.BAD_REQUEST,
          reply.status(),
          false,
          "its content filter took the answer away",
          null,
          uncounted(usage));
    }
    return new ModelResponse(text, usage, finish.equals("length"));
  }

  private static JsonNode parse(HttpReply reply) {
    try {
      JsonNode node = JSON.readTree(reply.body().toByteArray());
      return node == null ? MissingNode.getInstance() : node;
    } catch (IOException e) {
      // Not JSON: the callers say so where it matters.
      return MissingNode.getInstance();
    }
  }

  private static String text(JsonNode message) {
    JsonNode content = message.path("content");
    if (content.isTextual()) {
      return content.textValue();
    }
    if (content.isArray()) {
      StringBuilder parts = new StringBuilder();
      for (JsonNode part : content) {
        parts.append(part.isTextual() ? part.textValue() : part.path("text").asText(""));
      }
      return parts.toString();
    }
    // Without content a refusal is all that the model said.
    return message.path("refusal").asText("");
  }

  private static ModelUsage usage(JsonNode usage, Headers headers) {
    JsonNode cost = usage.path("cost");
    return new ModelUsage(
        1,
        usage.path("prompt_tokens").asLong(0),
        usage.path("completion_tokens").asLong(0),
        cost.isNumber() ? sound(cost.doubleValue()) : headerCost(headers));
  }

  /** What failed is no answered call; what it cost counts. */
  static ModelUsage uncounted(ModelUsage usage) {
    return new ModelUsage(0, usage.inputTokens(), usage.outputTokens(), usage.reportedCostUsd());
  }

  /** The cost, if it can be one: "NaN" in a header would spoil every sum it goes into. */
  private static @Nullable Double sound(double cost) {
    return Double.isFinite(cost) && cost >= 0 ? (Double) cost : null;
  }

  /** LiteLLM tells the cost in a header. */
  private static @Nullable Double headerCost(Headers headers) {
    String text = headers.get("x-litellm-response-cost");
    if (text == null) {
      return null;
    }
    try {
      return sound(Double.parseDouble(text.strip()));
    } catch (NumberFormatException e) {
      // "None" is what it writes for a model whose price it does not know.
      return null;
    }
  }
}
