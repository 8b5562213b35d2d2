package dev.rlmbeam.pipelines.options;

import static com.google.common.truth.Truth.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class EditDistanceTest {
  @Test
  void countsChangedLetters() {
    assertThat(EditDistance.between("output", "output")).isEqualTo(0);
    assertThat(EditDistance.between("outptu", "output")).isEqualTo(2);
    assertThat(EditDistance.between("", "abc")).isEqualTo(3);
    assertThat(EditDistance.between("maxTurns", "MAXTURNS")).isEqualTo(0);
  }

  @Test
  void nothingIsNearToWhatIsFar() {
    assertThat(EditDistance.nearest("zzzzzz", List.of("input", "output")).isEmpty()).isTrue();
    assertThat(EditDistance.nearest("imput", List.of("input", "output")).get()).isEqualTo("input");
  }
}
