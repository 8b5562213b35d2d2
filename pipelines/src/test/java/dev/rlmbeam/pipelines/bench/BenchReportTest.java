package dev.rlmbeam.pipelines.bench;

import static com.google.common.truth.Truth.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BenchReportTest {
  private static final Surroundings HERE =
      new Surroundings(
          "local, bubblewrap, own uid a session, Python 3.11.2 at a path that is rather long",
          2,
          1.25,
          "17.0.15+6-Debian-1deb12u1",
          "3.11.2",
          Instant.parse("2026-03-01T12:00:00Z"),
          Optional.of("0123abc-dirty"));

  private static BenchReport report(double value) {
    return report(value, 1234);
  }

  private static BenchReport report(double value, int samples) {
    Map<Figure, Samples> figures = new EnumMap<>(Figure.class);
    for (Figure figure : Figure.values()) {
      double each = figure.isShare() ? value / 1e6 : value;
      figures.put(figure, new Samples(Collections.nCopies(samples, each)));
    }
    return new BenchReport(HERE, figures, false, Duration.ofSeconds(200));
  }

  @Test
  void fitsATerminal() {
    assertThat(report(123_456).table().lines().mapToInt(String::length).max().getAsInt())
        .isAtMost(80);
  }

  @Test
  void saysWhichTargetsAreMissed() {
    List<String> slow = report(123_456).table().lines().toList();

    assertThat(slow.get(1)).contains("no-op code block");
    assertThat(slow.get(1)).endsWith("MISSED");
    assertThat(slow.stream().filter(line -> line.startsWith("context of 1 GB")).findFirst().get())
        .endsWith("ok");
    assertThat(report(1).table().lines().toList().get(1)).endsWith("ok");
  }

  @Test
  void showsHowOftenEachWasMeasured() {
    assertThat(report(1, 237).table().lines().toList().get(1)).endsWith(" 237 ok");
  }

  @Test
  void marksShortTimesThatWereMeasuredSeldom() {
    String table = report(1.5, 199).table();
    assertThat(table.lines().toList().get(1)).endsWith(" 199 few");
    assertThat(table).contains("few: measured less than 200 times");
    assertThat(report(1.5, 200).table()).doesNotContain("few");
    // Longer times vary less, and shares are one number a run.
    assertThat(report(20, 5).table()).doesNotContain("few");
    // A target that is missed is missed, however seldom.
    assertThat(report(16, 5).table().lines().toList().get(1)).endsWith("5 MISSED");
  }

  @Test
  void tellsWhereItWasMeasured() {
    String table = report(1).table();

    assertThat(table).contains("2 cores, load 1.3 at the start");
    assertThat(table).contains("bubblewrap");
    assertThat(table).contains("0123abc-dirty");
  }
}
