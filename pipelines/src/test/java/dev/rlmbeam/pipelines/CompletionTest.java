package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real bash completes what a person has typed so far. */
@Timeout(60)
final class CompletionTest {
  @TempDir private Path folder;

  @Test
  void commandsOptionsAndValuesAreCompleted() throws Exception {
    assertThat(completed("qui")).isEqualTo("quickstart");
    assertThat(completed("run", "--maxT")).isEqualTo("--maxTurns");
    assertThat(completed("run", "--isolation", "bu")).isEqualTo("bundle");
    assertThat(completed("completion", "z")).isEqualTo("zsh");
  }

  @Test
  void theScriptForZshTurnsItsBashCompletionOn() {
    assertThat(CommandRun.of("completion", "zsh").out()).contains("bashcompinit");
  }

  @Test
  void anotherShellIsAUsageError() {
    CommandRun run = CommandRun.of("completion", "fish");

    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("'fish'");
  }

  /** What bash offers for the last of the words that follow {@code rlm}. */
  private String completed(String... words) throws IOException, InterruptedException {
    Path script = folder.resolve("rlm-completion");
    Files.writeString(script, CommandRun.of("completion", "bash").out());
    String typed = String.join(" ", words);
    Process bash =
        new ProcessBuilder(
                "bash",
                "-c",
                "source \"$0\"; COMP_WORDS=(rlm "
                    + typed
                    + "); COMP_CWORD="
                    + words.length
                    + "; COMP_LINE='rlm "
                    + typed
                    + "'; _complete_rlm; echo \"${COMPREPLY[@]}\"",
                script.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return said.strip();
  }
}
