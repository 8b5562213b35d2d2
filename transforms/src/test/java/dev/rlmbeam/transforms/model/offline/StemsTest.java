package dev.rlmbeam.transforms.model.offline;

import static com.google.common.truth.Truth.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StemsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hold holds holding held holder holders",
        "build builds building built builder",
        "write writes wrote written writing writer",
        "city cities",
        "box boxes",
        "stop stopped stopping stopper",
        "invent invents invented inventor invention",
        "use uses used using user",
        "begin began begun beginning",
      })
  void bringsTheFormsOfAWordTogether(String forms) {
    String[] words = forms.split(" ", -1);
    for (String word : words) {
      assertThat(Stems.of(word)).isEqualTo(Stems.of(words[0]));
    }
  }

  @Test
  void keepsDifferentWordsApart() {
    assertThat(Stems.of("light")).isNotEqualTo(Stems.of("lamp"));
    assertThat(Stems.of("bus")).isEqualTo("bus");
    assertThat(Stems.of("1871")).isEqualTo("1871");
  }

  @Test
  void nearStemsDifferOnlyAtTheEnd() {
    assertThat(Stems.near("declar", "declarat")).isTrue();
    assertThat(Stems.near("cat", "catt")).isFalse();
    assertThat(Stems.near("harbour", "harvest")).isFalse();
  }
}
