package dev.rlmbeam.pipelines.report;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RunSnapshot;
import dev.rlmbeam.transforms.model.ModelUsage;
import dev.rlmbeam.transforms.rlm.FailureClass;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a person reads. */
final class LinesTest {

  @Test
  void controlCharactersOfTheInputDoNotReachTheTerminal() {
    RlmFailure failure =
        RlmFailure.ofInput("a\u001b[2Jb\nc", FailureClass.INPUT_INVALID, "not\u0007 so", "", "run");

    assertThat(FailureLines.of(failure))
        .isEqualTo("failed: a�[2Jb�c: INPUT_INVALID at input\n  not� so");
  }

  @Test
  void progressIsOneLine() {
    RunSnapshot rlm =
        new RunSnapshot(
            184,
            64,
            117,
            3,
            Map.of(),
            List.of(),
            1234,
            new ModelUsage(1234, 2_000_000, 100_000, null),
            Optional.empty(),
            false,
            false,
            List.of());

    String line =
        new Progress(new ReadMonitor.Snapshot(198, 2, List.of()), rlm, Duration.ofSeconds(61))
            .line();

    assertThat(line)
        .isEqualTo(
            "122/200 done, 64 in flight, 5 failed, 1,234 model calls, 2.1M tokens, 1:01, 2.0/s");
  }

  @Test
  void aFailureTakesAtMostThreeLines() {
    RlmFailure failure =
        RlmFailure.ofInput(
            "q17",
            FailureClass.INPUT_INVALID,
            "not\n  JSON " + "x".repeat(900),
            "rows.jsonl:17",
            "run");

    List<String> lines = FailureLines.of(failure).lines().toList();

    assertThat(lines).hasSize(2);
    assertThat(lines.get(0)).isEqualTo("failed: rows.jsonl:17 (id q17): INPUT_INVALID at input");
    assertThat(lines.get(1)).startsWith("  not / JSON xxx");
    assertThat(lines.get(1).length()).isAtMost(310);
  }

  @Test
  void figuresAreShort() {
    assertThat(Figures.bytes(999)).isEqualTo("999 B");
    assertThat(Figures.bytes(1_500_000)).isEqualTo("1.5 MB");
    assertThat(Figures.clock(Duration.ofSeconds(3723))).isEqualTo("1:02:03");
    assertThat(Figures.span(Duration.ofMillis(4200))).isEqualTo("4.20 s");
    assertThat(Figures.span(Duration.ofSeconds(125))).isEqualTo("2:05 min");
  }

  @Test
  void textStaysWithinEightyColumns() {
    String block = Wrapped.beside("  name    ", "word ".repeat(60) + "x".repeat(100), 4);

    assertThat(block.lines().allMatch(line -> line.length() <= Wrapped.COLUMNS)).isTrue();
    assertThat(block.lines().count()).isEqualTo(4);
    assertThat(block).contains("more lines");
  }
}
