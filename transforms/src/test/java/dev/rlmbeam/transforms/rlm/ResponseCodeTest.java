package dev.rlmbeam.transforms.rlm;

import static com.google.common.truth.Truth.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ResponseCodeTest {

  private static List<String> blocks(String... lines) {
    return ResponseCode.parse(String.join("\n", lines), false).blocks();
  }

  private static ResponseCode parse(String... lines) {
    return ResponseCode.parse(String.join("\n", lines), false);
  }

  @Test
  void takesBlocksInOrder() {
    assertThat(blocks("Plan.", "```repl", "x = 1", "```", "and", "```repl", "print(x)", "```"))
        .containsExactly("x = 1", "print(x)")
        .inOrder();
  }

  @Test
  void takesCarriageReturns() {
    assertThat(ResponseCode.parse("```repl\r\nx = 1\r\ny = 2\r\n```\r\n", false).blocks())
        .containsExactly("x = 1\ny = 2");
  }

  @Test
  void runsNoOtherLanguage() {
    ResponseCode code = parse("```python", "import os", "```", "```", "ls", "```");

    assertThat(code.blocks()).isEmpty();
    assertThat(code.otherLanguage()).isTrue();
  }

  @Test
  void takesTheWordAloneInAnyCase() {
    assertThat(blocks("```REPL  ", "x = 1", "```")).containsExactly("x = 1");
    assertThat(blocks("```repl output", "x = 1", "```")).isEmpty();
    assertThat(blocks("```repl2", "x = 1", "```")).isEmpty();
  }

  @Test
  void takesAFenceAtTheEndOfALineOfProse() {
    assertThat(blocks("Let me look: ```repl", "x = 1", "```")).containsExactly("x = 1");
  }

  @Test
  void leavesAFenceAloneThatProseOnlyMentions() {
    assertThat(blocks("Code goes into `` ```repl `` blocks.", "Not into ``` ```repl")).isEmpty();
    assertThat(blocks("I write ```repl fences when I am ready.")).isEmpty();
  }

  @Test
  void closesAtAnIndentedFence() {
    assertThat(
            blocks("1. Look:", "   ```repl", "   for i in x:", "     print(i)", "   ```", "2. Go"))
        .containsExactly("for i in x:\n  print(i)");
  }

  @Test
  void takesOffTheIndentationOfTheFirstLineOnly() {
    assertThat(blocks("```repl", "    if a:", "        b()", "", "    c()", "```"))
        .containsExactly("if a:\n    b()\n\nc()");
    assertThat(blocks("```repl", "if a:", "    b()", "```")).containsExactly("if a:\n    b()");
  }

  @Test
  void goesOnPastAFenceInsideAPythonString() {
    assertThat(
            blocks(
                "```repl",
                "prompt = \"\"\"Answer like this:",
                "```json",
                "{\"a\": 1}",
                "```",
                "\"\"\"",
                "print(llm_query(prompt))",
                "```"))
        .containsExactly(
            "prompt = \"\"\"Answer like this:\n```json\n{\"a\": 1}\n```\n\"\"\"\n"
                + "print(llm_query(prompt))");
  }

  @Test
  void isNotFooledByQuotesInCommentsStringsAndEscapes() {
    assertThat(
            blocks(
                "```repl",
                "# don't stop at \"\"\" here",
                "a = 'it\\'s \"\"\"'",
                "b = \"'''\"",
                "c = r'\\''",
                "d = 'x' \\",
                "    'y'",
                "```",
                "Then `x`."))
        .containsExactly(
            "# don't stop at \"\"\" here\na = 'it\\'s \"\"\"'\nb = \"'''\"\nc = r'\\''\n"
                + "d = 'x' \\\n    'y'");
  }

  @Test
  void endsAtTheFirstFenceWhenAStringIsNeverClosed() {
    ResponseCode code = parse("```repl", "s = \"\"\"oops", "```", "Done.");

    assertThat(code.blocks()).containsExactly("s = \"\"\"oops");
    assertThat(code.unclosed()).isFalse();
  }

  @Test
  void doesNotRunACutOffBlockUpToAFenceInItsString() {
    ResponseCode code = ResponseCode.parse("```repl\ns = \"\"\"\n```json\n{}\n```\nmore tex", true);

    assertThat(code.blocks()).isEmpty();
    assertThat(code.unclosed()).isTrue();
  }

  @Test
  void keepsCompleteBlocksBeforeAnUnclosedOne() {
    ResponseCode code = parse("```repl", "x = 1", "```", "```repl", "y = 2");

    assertThat(code.blocks()).containsExactly("x = 1");
    assertThat(code.unclosed()).isTrue();
  }

  @Test
  void beginsTheNextBlockAtAFenceThatOpensIt() {
    assertThat(blocks("```repl", "x = 1", "```repl", "y = 2", "```"))
        .containsExactly("x = 1", "y = 2")
        .inOrder();
  }

  @Test
  void closesAtAFenceWithWordsAfterIt() {
    assertThat(blocks("```repl", "x = 1", "``` and then", "nothing")).containsExactly("x = 1");
  }

  @Test
  void runsNoThoughts() {
    assertThat(
            blocks(
                "<think>Perhaps",
                "```repl",
                "x = 'thought'",
                "```",
                "no.</think>",
                "```repl",
                "x = 'said'",
                "```"))
        .containsExactly("x = 'said'");
  }

  @Test
  void runsNothingOfThoughtsThatNeverEnd() {
    assertThat(blocks("<thinking>", "```repl", "x = 1", "```")).isEmpty();
  }

  @Test
  void takesAllBeforeALoneEndOfThoughtForThought() {
    assertThat(blocks("Perhaps", "```repl", "x = 1", "```", "</think>", "```repl", "y = 2", "```"))
        .containsExactly("y = 2");
  }

  @Test
  void leavesTagsInsideCodeAlone() {
    assertThat(
            blocks(
                "```repl",
                "import re",
                "t = re.sub(r'<think>.*?",
                "</think>', '', t)",
                "```",
                "```repl",
                "print(t)",
                "```"))
        .hasSize(2);
  }

  @Test
  void runsNothingQuotedInALongerFence() {
    assertThat(blocks("````markdown", "```repl", "x = 1", "```", "````")).isEmpty();
  }

  @Test
  void runsABlockAfterAnotherLanguageWasLeftOpen() {
    assertThat(blocks("```text", "some data", "```repl", "x = 1", "```")).containsExactly("x = 1");
  }

  @Test
  void closesALongFenceOnlyWithOneAsLong() {
    assertThat(blocks("````repl", "x = '''", "```", "'''", "````"))
        .containsExactly("x = '''\n```\n'''");
  }

  @Test
  void runsNoEmptyBlock() {
    assertThat(blocks("```repl", "", "  ", "```")).isEmpty();
  }

  @Test
  @Timeout(20)
  void readsAResponseThatIsMadeToTakeLongInLinearTime() {
    // Each block opens a string that nothing closes, so each could be looked for to the end.
    String response = "```repl\n\"\"\"\n```\n".repeat(100_000);

    ResponseCode code = ResponseCode.parse(response, false);

    assertThat(code.blocks()).hasSize(ResponseScanner.MOST_BLOCKS);
    assertThat(code.tooMany()).isTrue();
  }

  @Test
  void readsALongResponseInLinearTime() {
    String response = "```repl\n" + "x = '''a\n```\n'''\n".repeat(100_000) + "```\n";

    assertThat(ResponseCode.parse(response, false).blocks()).hasSize(1);
  }
}
