package dev.rlmbeam.transforms.model;

import java.util.Optional;
import java.util.function.Function;
import okhttp3.HttpUrl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Models of a service that speaks OpenAI's chat completions: OpenAI, vLLM, Ollama, OpenRouter,
 * LiteLLM and others. Immutable; holds the place of the key, which is read in {@link #create()}.
 */
public final class OpenAiModelFactory implements ModelFactory {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(OpenAiModelFactory.class);
  private static final SecretRef DEFAULT_KEY = SecretRef.parse("env:OPENAI_API_KEY");

  private final String name;
  private final ModelSettings settings;

  /**
   * @param name as the service knows the model; sent untouched
   * @param settings without a base URL OpenAI's own is called
   */
  public OpenAiModelFactory(String name, ModelSettings settings) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a model needs a name, for example openai/gpt-4o-mini");
    }
    this.name = name;
    this.settings = settings;
  }

  @Override
  public String modelName() {
    return name;
  }

  @Override
  public String service() {
    return "openai";
  }

  /** The service's address, without a slash at the end; nothing in it is secret. */
  public String baseUrl() {
    String completions =
        BaseUrl.chatCompletions(settings.baseUrl().orElse(BaseUrl.DEFAULT)).toString();
    return completions.replaceFirst("/chat/completions.*$", "");
  }

  /** How the service is called. */
  public ModelSettings settings() {
    return settings;
  }

  /** Connects to nothing yet: the first call does. */
  @Override
  public LanguageModel create() {
    return create(new Throttle());
  }

  @Override
  public LanguageModel create(Throttle throttle) {
    return create(
        variable -> Optional.ofNullable(System.getenv(variable)), RetryClock.system(), throttle);
  }

  LanguageModel create(Function<String, Optional<String>> environment, RetryClock clock) {
    return create(environment, clock, new Throttle());
  }

  private LanguageModel create(
      Function<String, Optional<String>> environment, RetryClock clock, Throttle throttle) {
    HttpUrl url = BaseUrl.chatCompletions(settings.baseUrl().orElse(BaseUrl.DEFAULT));
    SecretRef place = settings.apiKey().orElse(DEFAULT_KEY);
    Optional<Secret> key = key(url, place, environment);
    if (key.isPresent() && !url.isHttps() && !BaseUrl.isLocal(url)) {
      LOG.warn("model={} the key from {} goes unencrypted to {}", name, place, url.host());
    }
    return new OpenAiModel(name, url, place.toString(), key, settings, clock, throttle);
  }

  private Optional<Secret> key(
      HttpUrl url, SecretRef place, Function<String, Optional<String>> environment) {
    boolean named = settings.apiKey().isPresent();
    if (!named
        && BaseUrl.isLocal(url)
        && environment.apply("OPENAI_API_KEY").orElse("").isBlank()) {
      return Optional.empty();
    }
    return Optional.of(place.resolve(environment));
  }

  @Override
  public String toString() {
    return "openai/" + name + " " + settings;
  }
}
