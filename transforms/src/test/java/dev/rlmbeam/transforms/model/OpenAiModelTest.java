package dev.rlmbeam.transforms.model;

import static com.google.common.truth.Truth.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.transforms.model.testing.ModelCall;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OpenAiModelTest extends OpenAiModelTestBase {

  @Test
  void sendsTheConversationAndReturnsTextAndUsage() throws InterruptedException {
    CompletableFuture<ModelCall> seen = new CompletableFuture<>();
    serve(
        call -> {
          seen.complete(call);
          return ServerReply.text("four");
        });

    ModelResponse response =
        model()
            .generate(
                new ModelRequest(
                    List.of(
                        ChatMessage.system("be short"),
                        ChatMessage.user("2+2?"),
                        ChatMessage.user("Turn 1/3: \"quotes\" \u0000 \ud83d\ude00"),
                        ChatMessage.assistant("hm")),
                    Duration.ofSeconds(10)));

    assertThat(response)
        .isEqualTo(new ModelResponse("four", new ModelUsage(1, 10, 1, null), false));
    assertThat(seen.join().path()).isEqualTo("/v1/chat/completions");
    assertThat(seen.join().model()).isEqualTo("some/model:tag");
    assertThat(seen.join().header("Authorization")).hasValue("Bearer " + KEY);
    assertThat(seen.join().messages())
        .containsExactly(
            ChatMessage.system("be short"),
            ChatMessage.user("2+2?"),
            ChatMessage.user("Turn 1/3: \"quotes\" \u0000 \ud83d\ude00"),
            ChatMessage.assistant("hm"))
        .inOrder();
    assertThat(seen.join().json().has("stream")).isFalse();
  }

  @Test
  void mergesExtraParametersIntoTheBody() throws InterruptedException {
    CompletableFuture<JsonNode> seen = new CompletableFuture<>();
    serve(
        call -> {
          seen.complete(call.json());
          return ServerReply.text("ok");
        });

    model(s -> s.extraBody("{\"temperature\": 0, \"provider\": {\"order\": [\"a\"]}}"))
        .generate(asking("x"));

    assertThat(seen.join().path("temperature").intValue()).isEqualTo(0);
    assertThat(seen.join().path("provider").path("order").path(0).asText()).isEqualTo("a");
    assertThat(seen.join().path("messages").size()).isEqualTo(1);
  }

  @Test
  void joinsMessagesOfOneRoleOnlyWhenToldTo() throws InterruptedException {
    CompletableFuture<List<ChatMessage>> seen = new CompletableFuture<>();
    serve(
        call -> {
          seen.complete(call.messages());
          return ServerReply.text("ok");
        });
    ModelRequest request =
        new ModelRequest(
            List.of(ChatMessage.user("a"), ChatMessage.user("b"), ChatMessage.assistant("c")),
            Duration.ofSeconds(10));

    model(s -> s.mergeMessages(true)).generate(request);

    assertThat(seen.join())
        .containsExactly(ChatMessage.user("a\n\nb"), ChatMessage.assistant("c"))
        .inOrder();
  }

  @Test
  void replacesHalfASurrogatePairThatJsonCannotCarry() throws InterruptedException {
    CompletableFuture<String> seen = new CompletableFuture<>();
    serve(
        call -> {
          seen.complete(call.lastMessage());
          return ServerReply.text("ok");
        });

    model().generate(asking("a\ud83db\ude00c\ud83d\ude00"));

    assertThat(seen.join()).isEqualTo("a\ufffdb\ufffdc\ud83d\ude00");
  }

  @Test
  void readsWhatServicesVaryIn() throws InterruptedException {
    serve(call -> ServerReply.body(200, bodies(call.number())));
    LanguageModel model = model();

    // No usage at all (some Ollama versions).
    assertThat(model.generate(asking("1")))
        .isEqualTo(new ModelResponse("plain", new ModelUsage(1, 0, 0, null), false));
    // Content as parts; cost as OpenRouter reports it.
    assertThat(model.generate(asking("2")))
        .isEqualTo(new ModelResponse("one two", new ModelUsage(1, 3, 4, 0.25), false));
    // Null content is an empty answer; the output limit shows.
    assertThat(model.generate(asking("3")).text()).isEmpty();
    assertThat(model.generate(asking("4")).truncated()).isTrue();
    // A refusal is what the model said.
    assertThat(model.generate(asking("5")).text()).isEqualTo("I cannot");
  }

  private static String bodies(long number) {
    return switch ((int) number) {
      case 1 -> "{\"choices\":[{\"message\":{\"content\":\"plain\"}}]}";
      case 2 ->
          "{\"choices\":[{\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"one \"},"
              + "{\"type\":\"text\",\"text\":\"two\"}]}}],"
              + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"cost\":0.25}}";
      case 3 -> "{\"choices\":[{\"message\":{\"content\":null},\"finish_reason\":\"stop\"}]}";
      case 4 -> "{\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"length\"}]}";
      default -> "{\"choices\":[{\"message\":{\"content\":null,\"refusal\":\"I cannot\"}}]}";
    };
  }

  @Test
  void readsTheCostThatLiteLlmPutsIntoAHeader() throws InterruptedException {
    serve(
        call ->
            ServerReply.text("ok")
                .header("x-litellm-response-cost", call.number() == 1 ? "0.0012" : "None"));
    LanguageModel model = model();

    assertThat(model.generate(asking("1")).usage().costUsd()).hasValue(0.0012);
    assertThat(model.generate(asking("2")).usage().costUsd()).isEmpty();
  }

  @Test
  void sendsALongPromptWhole() throws InterruptedException {
    CompletableFuture<String> seen = new CompletableFuture<>();
    serve(
        call -> {
          seen.complete(call.lastMessage());
          return ServerReply.text("ok");
        });
    String prompt = "0123456789\u00e4\ud83d\ude00".repeat(300_000);

    model().generate(asking(prompt));

    assertThat(seen.join().equals(prompt)).isTrue();
  }

  @Test
  void aCostThatIsNoNumberIsNone() throws InterruptedException {
    serve(call -> ServerReply.text("ok").header("x-litellm-response-cost", "NaN"));

    assertThat(model().generate(asking("x")).usage().costUsd()).isEmpty();
  }
}
