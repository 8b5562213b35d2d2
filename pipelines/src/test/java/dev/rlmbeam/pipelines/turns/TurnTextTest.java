package dev.rlmbeam.pipelines.turns;

import static com.google.common.truth.Truth.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TurnTextTest {
  private static final TurnText PLAIN = new TurnText(new Ink(false), 40, false);
  private static final TurnText COLOURED = new TurnText(new Ink(true), 40, false);

  @Test
  void codeIsNotSaidTwice() {
    assertThat(PLAIN.says("First I look.\n```repl\nprint(1)\n```\nThen I see."))
        .isEqualTo("  First I look.\n\n  Then I see.\n");
    assertThat(PLAIN.says("```repl\nprint(1)\n```")).isEmpty();
    // Not run, so not shown elsewhere.
    assertThat(PLAIN.says("```python\nprint(1)\n```")).contains("print(1)");
    assertThat(PLAIN.says("Cut off:\n```repl\nprint(")).isEqualTo("  Cut off:\n");
  }

  @Test
  void longTextsAreCutUnlessAllIsWanted() {
    String code = "x = 1\n".repeat(100);

    assertThat(PLAIN.code(code).lines().count()).isEqualTo(24);
    assertThat(PLAIN.code(code)).contains("  │ … 77 more lines");
    assertThat(new TurnText(new Ink(false), 40, true).code(code).lines().count()).isEqualTo(100);
  }

  @Test
  void codeIsColouredAndEachLineEndsWithoutColour() {
    String shown = COLOURED.code("for c in context:  # all\n    s = '''a\nb''' + \"x\"");

    assertThat(shown).contains("\u001b[35mfor\u001b[0m");
    assertThat(shown).contains("\u001b[36mcontext\u001b[0m");
    assertThat(shown).contains("\u001b[2;3m# all\u001b[0m");
    assertThat(shown).contains("\u001b[32m'''a\u001b[0m");
    assertThat(shown).contains("\u001b[32mb'''\u001b[0m + \u001b[32m\"x\"\u001b[0m");
    assertThat(shown.replaceAll("\u001b\\[[0-9;]*m", ""))
        .isEqualTo("  │ for c in context:  # all\n  │     s = '''a\n  │ b''' + \"x\"\n");
  }

  @Test
  void codeKeepsItsColourWhereALineIsWrapped() {
    String comment =
        COLOURED.code("# Don't read it all: the model isn't paid for that\nfor x in y:");

    assertThat(comment).contains("\u001b[2;3m# Don't read it all: the model isn't\u001b[0m");
    assertThat(comment).contains("\u001b[2;3mpaid for that\u001b[0m");
    assertThat(comment).contains("\u001b[35mfor\u001b[0m x");
    String quotes = COLOURED.code("# As it is written there: with three ''' or none\nfor x in y:");
    assertThat(quotes).contains("\u001b[2;3m''' or none\u001b[0m");
    assertThat(quotes).contains("\u001b[35mfor\u001b[0m x");
    String text = COLOURED.code("print(\"one for the money, two for the \\\" show\" if x else 1)");
    assertThat(text).contains("\u001b[32m\"one for the money, two for\u001b[0m");
    assertThat(text).contains("\u001b[32mthe \\\" show\"\u001b[0m \u001b[35mif\u001b[0m");
    assertThat(COLOURED.code("x = 'never closed\nfor x in y:"))
        .contains("\u001b[35mfor\u001b[0m x");
  }

  @Test
  void subCallsAreSummedUpWithTheLongestReply() {
    List<CallView> calls =
        List.of(
            new CallView("m", "p", "short", 1000, 5, 0.1, Optional.empty()),
            new CallView("m", "p", "the longest reply", 2000, 17, 0.3, Optional.empty()),
            new CallView("m", "p", "Error: no", 10, 9, 0, Optional.of("UNAVAILABLE: 503")));

    assertThat(new TurnText(new Ink(false), 100, false).asks(calls))
        .isEqualTo(
            """
              asks m 3 prompts of 3.0k characters, is told 31, 1 failed; the slowest 0.30 s
                > the longest reply
            """);
  }

  @Test
  void whatCodePrintsCannotDriveTheTerminal() {
    assertThat(COLOURED.prints("\u001b]0;title\u0007", "\u001b[2J")).doesNotContain("\u001b]");
    assertThat(COLOURED.prints("", "\u001b[2J")).doesNotContain("\u001b[2J");
  }
}
