package dev.rlmbeam.transforms.model;

import dev.rlmbeam.transforms.model.offline.OfflineModelFactory;
import java.util.Optional;
import java.util.function.Function;

/** Models by name, as they are given in options. */
public final class ModelSpec {

  /** The names that {@link #parse} takes, for help and messages. */
  public static final String FORMS = "offline, openai/NAME or openai:NAME";

  private static final String PREFIX = "openai";

  private ModelSpec() {}

  /**
   * The factory of a model: {@code offline}, or {@code openai/NAME} (also {@code openai:NAME}) for
   * a service that speaks OpenAI's chat completions; all after the first separator is the service's
   * own name of the model, untouched. Without a base URL in the settings the environment variable
   * {@code OPENAI_BASE_URL} counts, read here and now.
   *
   * @throws IllegalArgumentException for any other name; the message says which there are
   */
  public static ModelFactory parse(String model, ModelSettings settings) {
    return parse(model, settings, name -> Optional.ofNullable(System.getenv(name)));
  }

  static ModelFactory parse(
      String model, ModelSettings settings, Function<String, Optional<String>> environment) {
    if (model.equals(OfflineModelFactory.NAME)) {
      return new OfflineModelFactory();
    }
    boolean prefixed = model.startsWith(PREFIX + "/") || model.startsWith(PREFIX + ":");
    String name = prefixed ? model.substring(PREFIX.length() + 1) : "";
    if (name.isBlank()) {
      throw new IllegalArgumentException(
          "the model \""
              + model
              + "\" is not known; write "
              + FORMS
              + " (any service that speaks OpenAI's chat completions, with its base URL)");
    }
    Optional<String> fromEnvironment =
        environment.apply("OPENAI_BASE_URL").filter(url -> !url.isBlank());
    if (settings.baseUrl().isPresent() || fromEnvironment.isEmpty()) {
      return new OpenAiModelFactory(name, settings);
    }
    try {
      return new OpenAiModelFactory(
          name, settings.toBuilder().baseUrl(fromEnvironment.get()).build());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("OPENAI_BASE_URL: " + e.getMessage(), e);
    }
  }
}
