package dev.rlmbeam.transforms.model;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.transforms.model.ModelException.Kind;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where the key goes, and where it does not. */
@Timeout(60)
class OpenAiModelFactoryTest extends OpenAiModelTestBase {

  @Test
  void travelsWithTheJobAndCarriesNoKey(@TempDir Path folder)
      throws IOException, ClassNotFoundException {
    Path file = Files.writeString(folder.resolve("key"), KEY);
    OpenAiModelFactory factory =
        new OpenAiModelFactory(
            "m",
            ModelSettings.builder()
                .baseUrl("http://localhost:1/v1")
                .apiKey(SecretRef.parse("file:" + file))
                .build());
    factory.create().close();

    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(factory);
    }
    Object copy = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();

    assertThat(bytes.toString(StandardCharsets.ISO_8859_1)).doesNotContain(KEY);
    assertThat(copy.toString()).isEqualTo(factory.toString());
    assertThat(factory.toString()).doesNotContain(KEY);
    assertThat(factory.toString()).contains("file:" + file);
  }

  @Test
  void readsTheKeyOnTheWorker(@TempDir Path folder) throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("key"), "key-of-the-worker\n");
    CompletableFuture<String> sent = new CompletableFuture<>();
    serve(
        call -> {
          sent.complete(call.header("authorization").orElse("none"));
          return ServerReply.text("ok");
        });

    model(s -> s.apiKey(SecretRef.parse("file:" + file))).generate(asking("x"));

    assertThat(sent.join()).isEqualTo("Bearer key-of-the-worker");
  }

  @Test
  void aServiceOnThisMachineNeedsNoKey() throws InterruptedException {
    CompletableFuture<Boolean> sent = new CompletableFuture<>();
    serve(
        call -> {
          sent.complete(call.header("authorization").isPresent());
          return ServerReply.text("ok");
        });
    OpenAiModelFactory factory =
        new OpenAiModelFactory("m", ModelSettings.builder().baseUrl(serverUrl()).build());

    try (LanguageModel model = factory.create(name -> Optional.empty(), clock)) {
      model.generate(asking("x"));
    }

    assertThat(sent.join()).isFalse();
  }

  @Test
  void anyOtherServiceNeedsOne() {
    assertMissingKey(ModelSettings.defaults(), "OPENAI_API_KEY");
    assertMissingKey(
        ModelSettings.builder().baseUrl("https://openrouter.ai/api/v1").build(), "OPENAI_API_KEY");
  }

  @Test
  void aKeyThatIsNamedMustBeThereAlsoOnThisMachine() {
    assertMissingKey(
        ModelSettings.builder()
            .baseUrl("http://localhost:1/v1")
            .apiKey(SecretRef.parse("env:MINE"))
            .build(),
        "MINE");
  }

  private void assertMissingKey(ModelSettings settings, String variable) {
    OpenAiModelFactory factory = new OpenAiModelFactory("m", settings);

    ModelException e =
        assertThrows(
            ModelException.class, () -> factory.create(name -> Optional.empty(), clock).close());

    assertThat(e.kind()).isEqualTo(Kind.REFUSED);
    assertThat(e).hasMessageThat().contains(variable + " is not set");
  }

  @Test
  void noExceptionQuotesTheKeyThatTheServiceQuotes() {
    serve(
        call ->
            ServerReply.error(
                401,
                "invalid_api_key",
                "Incorrect API key provided: " + KEY + ", also sk-proj*****wxyz, Bearer abc.def"));

    ModelException e = failure(model(), asking("x"));
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace));

    assertThat(trace.toString()).doesNotContain(KEY);
    assertThat(trace.toString()).doesNotContain("wxyz");
    assertThat(trace.toString()).doesNotContain("abc.def");
    assertThat(e).hasMessageThat().contains("Incorrect API key provided: ****");
  }

  @Test
  void aModelWithoutANameIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new OpenAiModelFactory(" ", ModelSettings.defaults()));
  }
}
