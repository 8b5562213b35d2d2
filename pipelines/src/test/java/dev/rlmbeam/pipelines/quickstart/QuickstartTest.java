package dev.rlmbeam.pipelines.quickstart;

import static com.google.common.truth.Truth.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class QuickstartTest {
  private final List<Question> questions = Questions.all();

  @Test
  void sixteenQuestionsOfWhichTwoAreExpectedToBeMissed() {
    assertThat(questions).hasSize(16);
    assertThat(questions.stream().filter(Question::isMissExpected).count()).isEqualTo(2);
    assertThat(questions.stream().map(Question::id).distinct().count()).isEqualTo(16);
    assertThat(questions.stream().map(Question::kind).distinct().count()).isEqualTo(8);
  }

  @Test
  void eachDocumentHasAboutAMillionCharactersAndTellsItsAnswerOnce() {
    for (Question question : questions) {
      String text = DocumentWriter.write(question);

      assertThat(text.length()).isAtLeast(1_000_000);
      assertThat(text.length()).isAtMost(1_010_000);
      assertThat(text).doesNotContain("{");
      for (String told : question.told()) {
        assertThat(text.split(Pattern.quote(told), -1)).hasLength(2);
      }
      if (!question.isMissExpected()) {
        assertThat(question.isAnsweredBy(question.told().get(0))).isTrue();
        String rest = text.replace(question.told().get(0), "");
        assertThat(rest).doesNotContain(question.expected());
      }
    }
  }

  @Test
  void aDocumentIsTheSameEveryTime() {
    Question question = questions.get(3);

    assertThat(DocumentWriter.write(question)).isEqualTo(DocumentWriter.write(question));
    assertThat(DocumentWriter.write(question).substring(0, 40))
        .isNotEqualTo(DocumentWriter.write(questions.get(9)).substring(0, 40));
  }

  @Test
  void theParaphraseSharesNoWordWithItsSentence() {
    Question paraphrase =
        questions.stream().filter(question -> question.id().equals("paraphrase")).findFirst().get();
    Set<String> shared = words(paraphrase.text());
    shared.retainAll(words(paraphrase.told().get(0)));

    assertThat(shared).isEmpty();
  }

  @Test
  void theCountIsThatOfItsSentences() {
    Question count =
        questions.stream().filter(question -> question.id().equals("count")).findFirst().get();

    assertThat(count.told()).hasSize(7);
    assertThat(count.isAnsweredBy("It did so 7 times.")).isTrue();
    assertThat(count.isAnsweredBy("Seven.")).isTrue();
    assertThat(count.isAnsweredBy("17 times")).isFalse();
    for (String told : count.told()) {
      assertThat(count.isAnsweredBy(told)).isFalse();
    }
  }

  private static Set<String> words(String text) {
    return new HashSet<>(Arrays.asList(text.toLowerCase(Locale.ROOT).split("[^a-z]+")));
  }
}
