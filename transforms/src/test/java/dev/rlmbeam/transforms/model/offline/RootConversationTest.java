package dev.rlmbeam.transforms.model.offline;

import static com.google.common.truth.Truth.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.rlmbeam.transforms.model.ChatMessage;
import dev.rlmbeam.transforms.model.LanguageModel;
import dev.rlmbeam.transforms.model.ModelRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The root model's program, run by a real Python against the real matcher as sub-model. */
@Timeout(120)
class RootConversationTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String QUESTION = "Who tuned the organ of \"St. Hilda's\"?";
  private static final String ANSWER = "The organ of St. Hilda's was tuned by Piet Verhoeven.";

  @TempDir Path folder;

  private final LanguageModel model = new OfflineModelFactory().create();
  private final List<ChatMessage> messages = new ArrayList<>();
  private final List<String> outputs = new ArrayList<>();

  @Test
  void answersALongTextInThreeTurnsAndPrintsLittle() throws IOException, InterruptedException {
    String filler = "The weather of the parish was mild and nobody wrote much about it.\n\n";
    String text = filler.repeat(8_000) + ANSWER + "\n\n" + filler.repeat(8_000);

    try (PythonRepl repl = repl(JSON.textNode(text))) {
      JsonNode answer = run(repl, 30, 10);

      assertThat(answer.path("content").asText()).isEqualTo(ANSWER);
      assertThat(outputs).hasSize(3);
      // About a million characters: eleven pieces, one batch; one candidate needs no choice.
      assertThat(repl.batches).isEqualTo(1);
      assertThat(repl.prompts).isEqualTo(11);
      assertThat(String.join("", outputs).length()).isLessThan(1_000);
    }
  }

  @Test
  void asksOnceMoreWhichCandidateIsBest() throws IOException, InterruptedException {
    String filler = "The organ of St. Hilda's was loud.\n\nThe weather of the parish was mild.\n\n";
    String text = filler.repeat(3_000) + ANSWER + "\n\nThe organ of St. Hilda's was sold.\n";

    try (PythonRepl repl = repl(JSON.textNode(text))) {
      assertThat(run(repl, 30, 10).path("content").asText()).isEqualTo(ANSWER);
      assertThat(repl.batches).isEqualTo(2);
    }
  }

  @Test
  void aHugeTextIsCutIntoNoMoreThanTwoHundredPieces() throws IOException, InterruptedException {
    String text =
        "Mild weather again in the parish, says the book of the warden.\n".repeat(250_000);

    try (PythonRepl repl = repl(JSON.textNode(text + ANSWER))) {
      assertThat(run(repl, 30, 10).path("content").asText()).isEqualTo(ANSWER);
      assertThat(repl.prompts).isAtLeast(100);
      assertThat(repl.prompts).isAtMost(201);
    }
  }

  @Test
  void readsListsAndObjects() throws IOException, InterruptedException {
    ArrayNode list = JSON.arrayNode();
    list.add("The font is of stone.").add(7).addNull();
    list.addObject().put("role", "user").put("content", ANSWER);
    JsonNode object = PythonRepl.object().put("a", "The font is of stone.").put("b", ANSWER);

    try (PythonRepl repl = repl(list)) {
      assertThat(run(repl, 30, 10).path("content").asText()).contains("Piet Verhoeven");
    }
    messages.clear();
    try (PythonRepl repl = repl(object)) {
      assertThat(run(repl, 30, 10).path("content").asText()).contains("Piet Verhoeven");
    }
  }

  @Test
  void saysNotFoundForWhatIsNotThere() throws IOException, InterruptedException {
    for (JsonNode context :
        List.of(
            JSON.textNode("Nothing of the kind."),
            JSON.textNode(""),
            JSON.arrayNode(),
            JSON.numberNode(7),
            JSON.nullNode(),
            PythonRepl.object())) {
      messages.clear();
      try (PythonRepl repl = repl(context)) {
        assertThat(run(repl, 30, 10).path("content").asText()).isEqualTo("not found");
      }
    }
  }

  @Test
  void saysNotFoundWithoutAContext() throws IOException, InterruptedException {
    try (PythonRepl repl = repl(JSON.textNode(ANSWER))) {
      repl.run("```repl\ndel context\n```");

      assertThat(run(repl, 30, 3).path("content").asText()).isEqualTo("not found");
      assertThat(String.join("", outputs)).doesNotContain("Error");
    }
  }

  @Test
  void aQuestionOfSeveralLinesAndSignsIsCarriedIntoTheCodeAsItIs()
      throws IOException, InterruptedException {
    String question = "Say: who\n\"tuned\" the 'organ' {x} \\n \ud83d\ude00 ```repl?";

    try (PythonRepl repl = repl(JSON.textNode(ANSWER))) {
      assertThat(run(repl, question, 30, 10).path("content").asText()).isEqualTo(ANSWER);
      JsonNode said = repl.run("```repl\nprint(question)\n```");
      assertThat(said.path("printed").asText()).isEqualTo(question + "\n");
    }
  }

  @Test
  void doesAllInOneBlockWhenTurnsAreFew() throws IOException, InterruptedException {
    for (int maxTurns = 1; maxTurns <= 2; maxTurns++) {
      messages.clear();
      outputs.clear();
      try (PythonRepl repl = repl(JSON.textNode(ANSWER))) {
        assertThat(run(repl, maxTurns, maxTurns).path("content").asText()).isEqualTo(ANSWER);
        assertThat(outputs).hasSize(maxTurns);
      }
    }
  }

  @Test
  void startsAgainWhenItsVariablesWereLost() throws IOException, InterruptedException {
    try (PythonRepl first = repl(JSON.textNode(ANSWER))) {
      run(first, 30, 2);
    }

    // A new Python, as after a block that had to be killed.
    try (PythonRepl second = new PythonRepl(folder, JSON.textNode(ANSWER), this::sub)) {
      JsonNode answer = goOn(second, 30, 3, 6);

      assertThat(answer.path("content").asText()).isEqualTo(ANSWER);
      assertThat(outputs.get(2)).contains("NameError");
      assertThat(outputs).hasSize(4);
    }
  }

  @Test
  void givesUpWithNotFoundWhenItFailsAgainAndAgain() throws IOException, InterruptedException {
    try (PythonRepl repl =
        new PythonRepl(
            folder,
            JSON.textNode(ANSWER),
            prompt -> {
              throw new IllegalStateException("never asked");
            })) {
      start(QUESTION);
      repl.run("```repl\nllm_query_batched = None\n```");
      JsonNode answer = goOn(repl, 30, 1, 10);

      assertThat(answer.path("ready").asBoolean()).isTrue();
      assertThat(answer.path("content").asText()).isEqualTo("not found");
    }
  }

  @Test
  void errorsOfTheSubModelAreNoCandidates() throws IOException, InterruptedException {
    try (PythonRepl repl =
        new PythonRepl(
            folder, JSON.textNode(ANSWER), prompt -> "Error: llm() call failed - no service")) {
      start(QUESTION);
      JsonNode answer = goOn(repl, 30, 1, 10);

      assertThat(answer.path("content").asText()).isEqualTo("not found");
      assertThat(String.join("", outputs)).contains("1 errors");
    }
  }

  @Test
  void theFinalAnswerIsTheBestCandidateThatWasSeen() throws IOException, InterruptedException {
    try (PythonRepl repl = repl(JSON.textNode(ANSWER))) {
      run(repl, 30, 2);
    }
    messages.add(ChatMessage.user("No turn is left. Give your final answer now."));

    assertThat(next()).isEqualTo(ANSWER);
  }

  @Test
  void theFinalAnswerIsNotFoundWhenNothingWasSeen() throws InterruptedException {
    start(QUESTION);
    messages.add(ChatMessage.user("No turn is left. Give your final answer now."));

    assertThat(next()).isEqualTo("not found");
  }

  private PythonRepl repl(JsonNode context) throws IOException {
    return new PythonRepl(folder, context, this::sub);
  }

  private String sub(String prompt) {
    try {
      return ask(List.of(ChatMessage.user(prompt)));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private JsonNode run(PythonRepl repl, int maxTurns, int turns)
      throws IOException, InterruptedException {
    return run(repl, QUESTION, maxTurns, turns);
  }

  private JsonNode run(PythonRepl repl, String question, int maxTurns, int turns)
      throws IOException, InterruptedException {
    start(question);
    return goOn(repl, maxTurns, 1, turns);
  }

  private void start(String question) {
    messages.add(ChatMessage.system("You drive a Python REPL."));
    messages.add(
        ChatMessage.user("Answer the following: " + question + "\n\nYour context is a str."));
  }

  /** The turns of a loop, until the answer is ready or the turns are used up. */
  private JsonNode goOn(PythonRepl repl, int maxTurns, int firstTurn, int lastTurn)
      throws IOException, InterruptedException {
    JsonNode answer = JSON.objectNode();
    for (int turn = firstTurn; turn <= lastTurn; turn++) {
      messages.add(ChatMessage.user("Turn " + turn + "/" + maxTurns + ":"));
      String response = next();
      messages.add(ChatMessage.assistant(response));
      JsonNode said = repl.run(response);
      outputs.add(said.path("printed").asText());
      messages.add(ChatMessage.user("REPL output:\n\n" + said.path("printed").asText()));
      answer = said.path("answer");
      if (answer.path("ready").asBoolean()) {
        return answer;
      }
    }
    return answer;
  }

  private String next() throws InterruptedException {
    return ask(messages);
  }

  private String ask(List<ChatMessage> conversation) throws InterruptedException {
    return model.generate(new ModelRequest(conversation, Duration.ofSeconds(60))).text();
  }
}
