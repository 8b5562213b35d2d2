package dev.rlmbeam.transforms.model;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.transforms.model.testing.ModelServer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** A model server, a model that calls it, and a clock that does not wait. */
abstract class OpenAiModelTestBase {
  static final String KEY = "sk-test-5up3r53cr3t-0123456789";

  /** Random 0: delays come out at their upper bound. */
  final FakeClock clock = new FakeClock(0);

  private @Nullable ModelServer server;
  private @Nullable LanguageModel model;

  @AfterEach
  void closeAll() {
    if (model != null) {
      model.close();
    }
    if (server != null) {
      server.close();
    }
  }

  ModelServer serve(ModelServer.Script script) {
    ModelServer started = ModelServer.start(script);
    server = started;
    return started;
  }

  String serverUrl() {
    return Objects.requireNonNull(server, "call serve() first").baseUrl();
  }

  LanguageModel model() {
    return model(settings -> settings);
  }

  LanguageModel model(UnaryOperator<ModelSettings.Builder> settings) {
    return model("some/model:tag", settings);
  }

  LanguageModel model(String name, UnaryOperator<ModelSettings.Builder> settings) {
    ModelSettings.Builder builder = ModelSettings.builder().baseUrl(serverUrl());
    OpenAiModelFactory factory = new OpenAiModelFactory(name, settings.apply(builder).build());
    LanguageModel created =
        factory.create(
            variable -> variable.equals("OPENAI_API_KEY") ? Optional.of(KEY) : Optional.empty(),
            clock);
    model = created;
    return created;
  }

  static ModelRequest asking(String text) {
    return asking(text, Duration.ofSeconds(60));
  }

  static ModelRequest asking(String text, Duration timeout) {
    return new ModelRequest(List.of(ChatMessage.user(text)), timeout);
  }

  static ModelException failure(LanguageModel model, ModelRequest request) {
    return assertThrows(ModelException.class, () -> model.generate(request));
  }
}
