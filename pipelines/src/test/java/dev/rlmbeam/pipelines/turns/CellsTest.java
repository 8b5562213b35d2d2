package dev.rlmbeam.pipelines.turns;

import static com.google.common.truth.Truth.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class CellsTest {

  @Test
  void breaksBetweenWordsAndKeepsIndents() {
    assertThat(Cells.wrapped("    return one + two + three", 16))
        .containsExactly("    return one +", "    two + three")
        .inOrder();
    assertThat(Cells.wrapped("a\n\nb", 10)).containsExactly("a", "", "b").inOrder();
  }

  @Test
  @Timeout(10)
  void aLineOfMillionsOfCharactersIsWrappedInOneGo() {
    assertThat(Cells.wrapped("word ".repeat(1_000_000), 78).size()).isGreaterThan(60_000);
  }

  @Test
  void wordsThatAreTooLongAreCut() {
    assertThat(Cells.wrapped("abcdefghij", 4)).containsExactly("abcd", "efgh", "ij").inOrder();
  }

  @Test
  void wideCharactersTakeTwoCellsAndMarksNone() {
    assertThat(Cells.of("日本")).isEqualTo(4);
    assertThat(Cells.of("é")).isEqualTo(1);
    assertThat(Cells.of("e\u0301")).isEqualTo(1);
    assertThat(Cells.wrapped("日本語", 4)).containsExactly("日本", "語").inOrder();
    assertThat(Cells.wrapped("日本", 1)).containsExactly("日", "本").inOrder();
  }

  @Test
  void nothingThatATerminalWouldObeyIsLeft() {
    assertThat(Cells.wrapped("a\u001b[31mred\u0007\u202eb\tc\r\n", 40))
        .containsExactly("a�[31mred��b    c");
  }
}
