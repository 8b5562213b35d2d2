package dev.rlmbeam.pipelines.cli;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.options.UsageException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CommandLineTest {

  @Test
  void takesValuesWithEqualsAndWithABlank() {
    BatchOptions options =
        parse(
            "--input",
            "a.jsonl",
            "--query=Who = x?",
            "--maxTurns",
            "3",
            "--overwrite",
            "--limit=2");

    assertThat(options.getInput()).containsExactly("a.jsonl");
    assertThat(options.getQuery()).isEqualTo("Who = x?");
    assertThat(options.getMaxTurns()).isEqualTo(3);
    assertThat(options.getOverwrite()).isTrue();
    assertThat(options.getLimit()).isEqualTo(2);
  }

  @Test
  void takesSeveralInputsWithCommasAndRepeated() {
    assertThat(parse("--input=a,b", "--input", "c").getInput()).containsExactly("a", "b", "c");
  }

  @Test
  void keepsCommasAndQuotesOfAQuestion() {
    assertThat(parse("--query=Who, \"when\" and {why}?").getQuery())
        .isEqualTo("Who, \"when\" and {why}?");
  }

  @Test
  void takesAFlagWithAndWithoutAValue() {
    assertThat(parse("--overwrite", "--query=x").getOverwrite()).isTrue();
    assertThat(parse("--overwrite", "false").getOverwrite()).isFalse();
  }

  @Test
  void namesTheNearestOption() {
    assertThat(problem("--inptu=x")).contains("There is no option --inptu; did you mean --input?");
    assertThat(problem("--maxSubcalls", "5")).contains("did you mean --maxSubCalls?");
    assertThat(problem("--entirelyWrongName=5")).doesNotContain("did you mean");
  }

  @Test
  void saysOptionValueAndWhatIsAllowed() {
    assertThat(problem("--maxTurns=many")).isEqualTo("--maxTurns=many: must be a whole number.");
    assertThat(problem("--maxErrorRate=half")).isEqualTo("--maxErrorRate=half: must be a number.");
    assertThat(problem("--overwrite=maybe")).isEqualTo("--overwrite=maybe: must be true or false.");
  }

  @Test
  void refusesAnOptionGivenTwice() {
    assertThat(problem("--query=a", "--query=b")).contains("--query is given twice");
  }

  @Test
  void refusesAnOptionWithoutItsValue() {
    assertThat(problem("--query")).isEqualTo("--query needs a value: --query=QUESTION.");
    assertThat(problem("--query", "--overwrite")).contains("--query needs a value");
  }

  @Test
  void refusesWhatIsNoOption() {
    assertThat(problem("rows.jsonl")).contains("Unexpected argument 'rows.jsonl'");
  }

  @Test
  void tellsAGlobThatTheShellHasExpanded() {
    assertThat(problem("--input", "README.md", "pom.xml"))
        .isEqualTo(
            "Unexpected argument 'pom.xml': quote a glob, so that the shell leaves it alone"
                + " (--input='*.txt'), or repeat --input.");
  }

  private static String problem(String... arguments) {
    return assertThrows(UsageException.class, () -> parse(arguments)).getMessage();
  }

  private static BatchOptions parse(String... arguments) {
    return CommandLine.parse(BatchOptions.class, List.of(arguments));
  }
}
