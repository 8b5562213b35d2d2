package dev.rlmbeam.transforms.model.offline;

import static com.google.common.truth.Truth.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SentencesTest {

  @Test
  void readsAcrossLinesThatWereBrokenToAWidth() {
    assertThat(
            of(
                """
                The old mill stands at the bend of the river, where the road from
                [the village] crosses it. Its wheel was taken away in 1902 and has not
                been seen since.
                """))
        .containsExactly(
            "The old mill stands at the bend of the river, where the road from [the village]"
                + " crosses it.",
            "Its wheel was taken away in 1902 and has not been seen since.")
        .inOrder();
  }

  @Test
  void doesNotEndAtAbbreviationsAndInitials() {
    assertThat(of("Mr. Pell met Dr. A. B. Quinn of Moss Inc. Boston. They left, e.g. by boat."))
        .containsExactly(
            "Mr. Pell met Dr. A. B. Quinn of Moss Inc. Boston.", "They left, e.g. by boat.")
        .inOrder();
  }

  @Test
  void endsAfterAnAbbreviationWhenAnOpeningWordFollows() {
    assertThat(of("It was sold to Moss Inc. The price was high. Set x to T. This is usual."))
        .containsExactly(
            "It was sold to Moss Inc.", "The price was high.", "Set x to T.", "This is usual.")
        .inOrder();
  }

  @Test
  void keepsLinesApartThatAreEntries() {
    assertThat(
            of(
                """
                Copyright (c) 1990 One
                Copyright (c) 1991 Two
                - first point
                - second point
                Name: Pell
                Trade: keeper of the light
                # Heading
                text below it
                """))
        .containsExactly(
            "Copyright (c) 1990 One",
            "Copyright (c) 1991 Two",
            "- first point",
            "- second point",
            "Name: Pell",
            "Trade: keeper of the light",
            "# Heading",
            "text below it")
        .inOrder();
  }

  @Test
  void aLongLineIsARecordOfItsOwn() {
    String record = "{\"id\": 1, \"text\": \"" + "word ".repeat(40) + "\"}";

    assertThat(of(record + "\n" + record)).hasSize(2);
  }

  @Test
  void quotesStayWithTheirSentence() {
    assertThat(of("\"Come in!\" She sat down. (It was late.) He left."))
        .containsExactly("\"Come in!\"", "She sat down.", "(It was late.)", "He left.")
        .inOrder();
  }

  @Test
  void decimalsDoNotEndASentence() {
    assertThat(of("Version 1.14 came out. It cost 3.50 pounds."))
        .containsExactly("Version 1.14 came out.", "It cost 3.50 pounds.")
        .inOrder();
  }

  @Test
  void windowsLineEndsAreLineEnds() {
    assertThat(of("One is here.\r\n\r\nTwo is there.\r\n"))
        .containsExactly("One is here.", "Two is there.")
        .inOrder();
  }

  @Test
  void aTextWithoutWordsHasNone() {
    assertThat(of("")).isEmpty();
    assertThat(of("\n\n---\n\n***")).isEmpty();
  }

  private static List<String> of(String text) {
    Spans spans = Sentences.of(text);
    List<String> sentences = new ArrayList<>();
    for (int i = 0; i < spans.size(); i++) {
      sentences.add(text.substring(spans.start(i), spans.end(i)).replaceAll("\\s+", " "));
    }
    return sentences;
  }
}
