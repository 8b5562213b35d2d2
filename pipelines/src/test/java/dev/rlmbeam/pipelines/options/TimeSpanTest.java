package dev.rlmbeam.pipelines.options;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TimeSpanTest {

  @ParameterizedTest
  @CsvSource({
    "300s, 300000",
    "5m, 300000",
    "1h, 3600000",
    "90, 90000",
    "250ms, 250",
    "1.5h, 5400000"
  })
  void readsWhatPeopleWrite(String text, long millis) {
    assertThat(TimeSpan.parse("elementTimeout", text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "0s", "-5s", "5 days", "fast", "1e3", "99999999999s"})
  void refusesTheRestWithTheForms(String text) {
    UsageException e =
        assertThrows(UsageException.class, () -> TimeSpan.parse("elementTimeout", text));

    assertThat(e)
        .hasMessageThat()
        .isEqualTo(
            "--elementTimeout=" + text + ": must be a time span above 0, such as 300s, 5m or 1h.");
  }

  @Test
  void aSpanOfLessThanAMillisecondIsNone() {
    assertThrows(UsageException.class, () -> TimeSpan.parse("blockTimeout", "0.4ms"));
  }
}
