package dev.rlmbeam.pipelines.io;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.pipelines.cli.CommandLine;
import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.options.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InputSettingsTest {
  private static final RunFolder OUTPUT = RunFolder.at("no-such-folder");

  @TempDir private Path folder;

  @Test
  void thereHasToBeAnInput() {
    assertThat(problem("--query=q")).contains("There is no input: --input=FILES");
  }

  @Test
  void onlyOneSelectionAtATime() {
    assertThat(problem("--input=x", "--limit=3", "--sample=2"))
        .isEqualTo("--limit and --sample exclude each other: give one of them.");
  }

  @Test
  void valuesOutOfRangeAreNamed() {
    assertThat(problem("--input=x", "--limit=-1")).isEqualTo("--limit=-1: must be 0 or more.");
    assertThat(problem("--input=x", "--maxLineBytes=10"))
        .contains("--maxLineBytes=10: must be 1024");
    assertThat(problem("--input=x", "--query= ")).contains("--query= : must be a question");
    assertThat(problem("--input=x", "--ids=,")).contains("--ids=,: must be ids");
    assertThat(problem("--input=x", "--idField=")).contains("--idField=: must be the name");
  }

  @Test
  void aGlobThatMatchesNothingIsNamed() {
    InputSettings settings = ReadRows.settings(folder.resolve("*.jsonl"));

    UsageException e = assertThrows(UsageException.class, () -> InputListing.of(settings, OUTPUT));

    assertThat(e).hasMessageThat().contains("--input=" + folder.resolve("*.jsonl"));
    assertThat(e).hasMessageThat().contains("matches no file");
  }

  @Test
  void aTextNeedsAQuestion() throws IOException {
    Path text = Files.writeString(folder.resolve("a.txt"), "text");

    UsageException e =
        assertThrows(UsageException.class, () -> InputListing.of(ReadRows.settings(text), OUTPUT));

    assertThat(e).hasMessageThat().contains("--query=QUESTION");
    assertThat(InputListing.of(ReadRows.settings(text, "--query=q"), OUTPUT).bytes()).isEqualTo(4);
  }

  private static String problem(String... arguments) {
    BatchOptions options = CommandLine.parse(BatchOptions.class, List.of(arguments));
    return assertThrows(UsageException.class, () -> InputSettings.of(options, "contexts", "test"))
        .getMessage();
  }
}
