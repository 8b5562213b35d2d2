package dev.rlmbeam.transforms.model.offline;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.transforms.model.ChatMessage;
import dev.rlmbeam.transforms.model.LanguageModel;
import dev.rlmbeam.transforms.model.ModelRequest;
import dev.rlmbeam.transforms.model.ModelResponse;
import dev.rlmbeam.transforms.model.ModelUsage;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the keyword matcher answers as sub-model. */
class OfflineModelTest {
  private static final String HARBOUR =
      """
      # The harbour of Wexmoor

      Wexmoor has a small harbour on the northern coast. The lighthouse was built by Anna Tollmer
      in 1871. Its lamp can be seen from eleven miles away, because the cliff beneath it is high.
      The keeper, Mr. Pell, retired to Dunmarch.

      ## Trade

      About 300 boats called each year before the railway came. Salt and wool were the main goods.
      Ropes for the boats came from the rope walk in Kiln Lane. THE HARBOUR IS CLOSED IN WINTER.
      When was the lighthouse built?
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Who built the lighthouse?|Anna Tollmer",
        "When was the lighthouse built?|1871",
        "In which year did they build the lighthouse?|1871",
        "From how far away can the lamp be seen?|eleven miles",
        "Why can one see the lamp from so far?|because the cliff",
        "Where did the keeper retire to?|Dunmarch",
        "How many boats called in a year?|About 300 boats",
        "What were the main goods of trade?|Salt and wool",
        "Where were the boats' ropes made?|Kiln Lane",
      })
  void findsTheSentenceForEachKindOfQuestion(String question, String part) {
    assertThat(answer("Question: " + question + "\n\nText:\n" + HARBOUR)).contains(part);
  }

  @Test
  void answersWithASentenceOfTheTextWordForWord() {
    assertThat(answer("Question: Who built the lighthouse?\n\nText:\n" + HARBOUR))
        .isEqualTo("The lighthouse was built by Anna Tollmer in 1871.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Question: Who built the lighthouse?\nContext:\n%s",
        "**Question:** Who built the lighthouse?\n\n**Document:**\n%s",
        "Read this.\n\nText:\n%s\n\nQuestion: Who built the lighthouse?",
        "%s\n\nUsing only the text above: who built the lighthouse?",
        "Who built the lighthouse? Answer from this excerpt.\n\n%s",
        "Who built the lighthouse\n%s",
      })
  void readsPromptsOfOthers(String prompt) {
    assertThat(answer(prompt.formatted(HARBOUR)))
        .isEqualTo("The lighthouse was built by Anna Tollmer in 1871.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "What colour is a giraffe's tongue?",
        "Who?",
        "",
        "???",
        "What is it?",
      })
  void saysSoWhenNothingOfSubstanceIsShared(String question) {
    assertThat(answer("Question: " + question + "\n\nText:\n" + HARBOUR)).isEqualTo("not found");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "\n\n\n", "Question:", "Question: x\n\nText:\n", "Candidates:\n"})
  void anEmptyPromptOrTextIsNotFound(String prompt) {
    assertThat(answer(prompt)).isEqualTo("not found");
  }

  @Test
  void choosesAmongCandidatesAndLeavesTheNumberOut() {
    String prompt =
        """
        Question: Who repaired the church tower?

        Answer with one.

        Candidates:
        1. The church tower was struck by lightning.
        2. The tower of the church was repaired by the mason Ruth Oakes.
        3. Repairs cost 40 pounds.
        """;

    assertThat(answer(prompt))
        .isEqualTo("The tower of the church was repaired by the mason Ruth Oakes.");
  }

  @Test
  void prefersStatementsToHeadingsAndToTheQuestionItself() {
    String text =
        """
        Fees of the harbour

        How high are the fees of the harbour?

        The fees of the harbour are four shillings a night.
        """;

    assertThat(answer("Question: How high are the fees of the harbour?\n\nText:\n" + text))
        .isEqualTo("The fees of the harbour are four shillings a night.");
  }

  @Test
  void aWhoQuestionWantsANameNotARole() {
    String text =
        """
        Notice

        Copyright (c) 1987 Larkin & Moss Ltd.

        THE COPYRIGHT HOLDERS GIVE NO WARRANTY. The copyright holder may end this licence.
        Copies must keep this copyright notice.
        """;

    assertThat(answer("Question: Who holds the copyright?\n\nText:\n" + text))
        .isEqualTo("Copyright (c) 1987 Larkin & Moss Ltd.");
  }

  @Test
  void isDeterministicAndNeverInvents() {
    Random random = new Random(7);
    String[] words =
        (HARBOUR + " (c) 1.5 \u00e9t\u00e9 \ud83d\ude00 ... ?! \t \r\n - * # 2.").split(" ", -1);
    for (int round = 0; round < 500; round++) {
      String question = some(words, random, 8);
      String text = some(words, random, 300);
      String prompt = "Question: " + question.replace('\n', ' ') + "?\n\nText:\n" + text;

      String answer = answer(prompt);

      assertThat(answer).isEqualTo(answer(prompt));
      if (!answer.equals("not found")) {
        assertThat(text.replaceAll("\\s+", " ")).contains(answer);
      }
    }
  }

  private static String some(String[] words, Random random, int atMost) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(atMost); i >= 0; i--) {
      text.append(words[random.nextInt(words.length)]).append(random.nextInt(9) == 0 ? "\n" : " ");
    }
    return text.toString();
  }

  @Test
  void anAnswerIsNeverAWholePage() {
    String noStops = "harbour boats and ropes ".repeat(5_000);

    String answer = answer("Question: Which ropes and boats?\n\nText:\n" + noStops);

    assertThat(answer.length()).isLessThan(700);
    assertThat(noStops).contains(answer);
  }

  @Test
  void countsAsOneCallWithoutTokens() throws InterruptedException {
    try (LanguageModel model = new OfflineModelFactory().create()) {
      ModelResponse response = model.generate(asking("x"));

      assertThat(response.usage()).isEqualTo(new ModelUsage(1, 0, 0, null));
      assertThat(model.name()).isEqualTo("offline");
    }
  }

  @Test
  void saysThatItIsNoLanguageModel() {
    assertThat(OfflineModelFactory.NOTICE).contains("not a language model");
  }

  private static ModelRequest asking(String prompt) {
    return new ModelRequest(List.of(ChatMessage.user(prompt)), Duration.ofSeconds(10));
  }

  private static String answer(String prompt) {
    try (LanguageModel model = new OfflineModelFactory().create()) {
      return model.generate(asking(prompt)).text();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
