package dev.rlmbeam.transforms.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a model service is called: the options that all model names share. Immutable and
 * serialisable; it names the place of the key and never holds it.
 */
public final class ModelSettings implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final ObjectMapper JSON = new ObjectMapper();
  // They make the request what it is; an answer that is streamed could not be read.
  private static final List<String> OWN_FIELDS = List.of("model", "messages", "stream");

  private final @Nullable String baseUrl;
  private final @Nullable SecretRef apiKey;
  private final Duration timeout;
  private final int maxConnections;
  private final int maxRetries;
  private final String extraBody;
  private final boolean mergeMessages;

  private ModelSettings(Builder builder) {
    baseUrl = builder.baseUrl;
    apiKey = builder.apiKey;
    timeout = builder.timeout;
    maxConnections = builder.maxConnections;
    maxRetries = builder.maxRetries;
    extraBody = builder.extraBody;
    mergeMessages = builder.mergeMessages;
  }

  /** All defaults. */
  public static ModelSettings defaults() {
    return builder().build();
  }

  /** A builder that holds the defaults. Not thread-safe; may be used again after build(). */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that holds these settings. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.baseUrl = baseUrl;
    builder.apiKey = apiKey;
    builder.timeout = timeout;
    builder.maxConnections = maxConnections;
    builder.maxRetries = maxRetries;
    builder.extraBody = extraBody;
    builder.mergeMessages = mergeMessages;
    return builder;
  }

  /** See {@link Builder#baseUrl}. */
  public Optional<String> baseUrl() {
    return Optional.ofNullable(baseUrl);
  }

  /** See {@link Builder#apiKey}. */
  public Optional<SecretRef> apiKey() {
    return Optional.ofNullable(apiKey);
  }

  /** See {@link Builder#timeout}. */
  public Duration timeout() {
    return timeout;
  }

  /** See {@link Builder#maxConnections}. */
  public int maxConnections() {
    return maxConnections;
  }

  /** See {@link Builder#maxRetries}. */
  public int maxRetries() {
    return maxRetries;
  }

  /** See {@link Builder#extraBody}. */
  public String extraBody() {
    return extraBody;
  }

  /** See {@link Builder#mergeMessages}. */
  public boolean mergeMessages() {
    return mergeMessages;
  }

  @Override
  public String toString() {
    return "ModelSettings[baseUrl="
        + baseUrl
        + ", apiKey="
        + apiKey
        + ", timeout="
        + timeout
        + ", maxConnections="
        + maxConnections
        + ", maxRetries="
        + maxRetries
        + ", mergeMessages="
        + mergeMessages
        + "]";
  }

  /** Collects settings; {@link #build()} validates them. */
  public static final class Builder {
    private @Nullable String baseUrl;
    private @Nullable SecretRef apiKey;
    private Duration timeout = Duration.ofMinutes(5);
    private int maxConnections = 64;
    private int maxRetries = 4;
    private String extraBody = "{}";
    private boolean mergeMessages;

    private Builder() {}

    /**
     * Address of the service, with or without {@code /v1} and a slash at the end; without a path
     * {@code /v1} is added, any other path is used as it stands. Default: the environment variable
     * {@code OPENAI_BASE_URL} where the job is put together, else OpenAI's own.
     */
    public Builder baseUrl(String baseUrl) {
      this.baseUrl = baseUrl;
      return this;
    }

    /**
     * Where the key is, on the worker. Default: {@code env:OPENAI_API_KEY}, without which a service
     * on the same machine is called without a key.
     */
    public Builder apiKey(SecretRef apiKey) {
      this.apiKey = apiKey;
      return this;
    }

    /**
     * The longest that one attempt at a call may take, connecting included. Default 300 s; above 0.
     * An attempt that ran out of time is not repeated: the service may go on with it and charge it.
     * {@link ModelRequest#timeout()} bounds the whole call and may be shorter.
     */
    public Builder timeout(Duration timeout) {
      this.timeout = timeout;
      return this;
    }

    /**
     * Calls of one model under way at once on one worker; more wait, and the wait counts. Default
     * 64; 1 to 10,000.
     */
    public Builder maxConnections(int maxConnections) {
      this.maxConnections = maxConnections;
      return this;
    }

    /**
     * Further attempts after the first, for 408, 409, 429, 5xx, resets and unreachable hosts.
     * Default 4; 0 to 100; 0 means that no request is sent twice.
     */
    public Builder maxRetries(int maxRetries) {
      this.maxRetries = maxRetries;
      return this;
    }

    /**
     * A JSON object whose fields go into the body of every request, for example {@code
     * {"temperature": 0}}. Default {@code {}}; {@code model}, {@code messages} and {@code stream}
     * are refused.
     */
    public Builder extraBody(String json) {
      this.extraBody = json;
      return this;
    }

    /**
     * True joins messages of the same role that follow each other, with a blank line between, for
     * services whose chat template wants roles to alternate (they answer 400 otherwise). Default
     * false: messages are sent as they are.
     */
    public Builder mergeMessages(boolean mergeMessages) {
      this.mergeMessages = mergeMessages;
      return this;
    }

    /**
     * The settings.
     *
     * @throws IllegalArgumentException naming the setting, its range and its value
     */
    public ModelSettings build() {
      if (baseUrl != null) {
        // Parsed for its errors: a wrong address shows before the job starts.
        BaseUrl.chatCompletions(baseUrl);
      }
      require(
          !timeout.isNegative() && !timeout.isZero(), "timeout must be above 0, but was ", timeout);
      require(
          maxConnections >= 1 && maxConnections <= 10_000,
          "maxConnections must be 1 to 10000, but was ",
          maxConnections);
      require(
          maxRetries >= 0 && maxRetries <= 100,
          "maxRetries must be 0 to 100, but was ",
          maxRetries);
      requireObject(extraBody);
      return new ModelSettings(this);
    }

    private static void require(boolean holds, String message, Object value) {
      if (!holds) {
        throw new IllegalArgumentException(message + value);
      }
    }

    private static void requireObject(String extraBody) {
      JsonNode node;
      try {
        node = JSON.readTree(extraBody);
      } catch (JsonProcessingException e) {
        throw new IllegalArgumentException(
            "the extra body is no JSON (" + e.getOriginalMessage() + "); write an object", e);
      }
      require(
          node.isObject(),
          "the extra body must be a JSON object such as {\"temperature\": 0}, but was ",
          node.getNodeType());
      for (String field : OWN_FIELDS) {
        require(!node.has(field), "the extra body may not set ", field);
      }
    }
  }
}
