package dev.rlmbeam.transforms.rlm;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.sandbox.repl.ExecutionResult;
import dev.rlmbeam.sandbox.repl.ExecutionResult.Outcome;
import dev.rlmbeam.sandbox.repl.Variable;
import dev.rlmbeam.sandbox.testing.ScriptedResult;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplOutputTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private static String shown(ScriptedResult result) {
    return ReplOutput.block(result.build(), TIMEOUT, Set.of("base"));
  }

  @Test
  void showsStdoutThenStderrThenVariables() {
    String text =
        shown(
            ScriptedResult.printing("out\n")
                .stderr("warning: old\n")
                .variables(
                    new Variable("chunks", "list", "[...]"),
                    new Variable("re", "module", "<module>"),
                    new Variable("_i", "int", "1"),
                    new Variable("ask", "function", "<function>")));

    assertThat(text)
        .isEqualTo("\nout\n\n\n\nwarning: old\n\n\nREPL variables: ['chunks', 'ask']\n");
  }

  @Test
  void saysNoOutput() {
    assertThat(shown(ScriptedResult.printing(""))).isEqualTo("No output");
  }

  @Test
  void showsTheTraceback() {
    assertThat(shown(ScriptedResult.raising("KeyError", "'a'")))
        .isEqualTo("\nTraceback (most recent call last):\nKeyError: 'a'");
  }

  @Test
  void cutsAt20000CodePointsAndCountsTheRest() {
    String smile = "\uD83D\uDE00";

    assertThat(shown(ScriptedResult.printing(smile.repeat(20_000))))
        .isEqualTo("\n" + smile.repeat(20_000));
    assertThat(shown(ScriptedResult.printing(smile.repeat(20_003))))
        .isEqualTo("\n" + smile.repeat(20_000) + "... + [3 chars...]");
  }

  @Test
  void countsWhatWasDroppedBeforeItCameHere() {
    assertThat(shown(ScriptedResult.printing("abc").stdoutChars(1_000_000_000)))
        .isEqualTo("\nabc... + [999999997 chars...]");
  }

  @Test
  void neverHidesTracebackAndNamesBehindALongOutput() {
    ExecutionResult raised = ScriptedResult.raising("ValueError", "no").build();
    ExecutionResult result =
        new ExecutionResult(
            Outcome.ERROR,
            "x".repeat(100_000),
            "w".repeat(100_000),
            100_000,
            100_000,
            raised.error(),
            raised.exit(),
            false,
            List.of(),
            raised.answer(),
            List.of(new Variable("x", "int", "1")),
            Duration.ZERO,
            raised.note());

    String text = ReplOutput.block(result, TIMEOUT, Set.of());

    assertThat(text).contains("x".repeat(16_000) + "... + [84000 chars...]");
    assertThat(text).contains("w".repeat(4_000) + "... + [96000 chars...]");
    assertThat(text).contains("ValueError: no");
    assertThat(text).contains("['x']");
    assertThat(text.length()).isLessThan(20_000 + 1_000);
  }

  @Test
  void leavesOutTheMiddleOfAHugeTraceback() {
    String text = shown(ScriptedResult.raising("RecursionError", "r".repeat(50_000)));

    assertThat(text).contains("chars...]");
    assertThat(text.length()).isLessThan(6_100);
    assertThat(text).startsWith("\nTraceback (most recent call last):");
  }

  @Test
  void saysWhatEndedABlock() {
    assertThat(shown(ScriptedResult.ending(Outcome.INTERRUPTED)))
        .isEqualTo(
            "The block was stopped because it ran longer than 120 s. The variables it had set are"
                + " kept.");
    assertThat(shown(ScriptedResult.ending(Outcome.EXITED).exit("code 3").restarted()))
        .startsWith("The Python process ended: code 3.\n\nThe REPL was restarted.");
    assertThat(shown(ScriptedResult.ending(Outcome.MEMORY).restarted())).contains("memory");
  }

  @Test
  void saysWhatIsLostByARestart() {
    String killed =
        "The block ran longer than 120 s and had to be killed with its Python process.\n\n";

    assertThat(shown(ScriptedResult.ending(Outcome.KILLED).restarted("chunks", "notes")))
        .isEqualTo(
            killed
                + "The REPL was restarted. The context, the query functions and an empty `answer`"
                + " are there again; what earlier blocks had made is lost.\n\n"
                + "These variables are lost: 'chunks', 'notes'.");
    assertThat(
            shown(
                ScriptedResult.ending(Outcome.KILLED)
                    .restarted("base", "n")
                    .note("It was restarted.")))
        .isEqualTo(killed + "It was restarted.\n\nThese variables are lost: 'n'.");
  }

  @Test
  void passesOnTheAgentsNote() {
    assertThat(shown(ScriptedResult.printing("a").note("Output was lost.")))
        .isEqualTo("\na\n\nOutput was lost.");
  }

  @Test
  void numbersSeveralBlocks() {
    assertThat(ReplOutput.message(List.of("\na"), List.of())).isEqualTo("REPL output:\n\na");
    assertThat(ReplOutput.message(List.of("\na", "No output"), List.of("Skipped.")))
        .isEqualTo("REPL output (block 1):\n\na\n\nREPL output (block 2):\nNo output\n\nSkipped.");
  }
}
