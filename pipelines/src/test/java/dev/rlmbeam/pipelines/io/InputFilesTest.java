package dev.rlmbeam.pipelines.io;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.pipelines.options.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files a pattern stands for: none that a run has written, and no hidden ones. */
final class InputFilesTest {
  private static final String SUMMARY = "{\"runId\": \"r\", \"outcome\": \"done\"}";

  @TempDir private Path folder;

  @BeforeEach
  void registerFileSystems() {
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());
  }

  @Test
  void aFolderStandsForItsFilesWithoutHiddenOnes() throws IOException {
    write("a.txt", ".hidden", ".git/config", "sub/b.txt", "sub/.cache/c.txt");

    assertThat(found("", "elsewhere")).containsExactly("a.txt", "sub/b.txt");
    assertThat(found(".git/*", "elsewhere")).containsExactly("config");
  }

  @Test
  void whatEarlierRunsWroteIsNoInput() throws IOException {
    write("a.jsonl", "runs/1/results-00000-of-00001.jsonl", "runs/1/trajectories/r1.jsonl");
    write("runs/1/results-00000-of-00001.csv");
    Files.writeString(folder.resolve("runs/1/summary.json"), SUMMARY);

    assertThat(found("", "runs/2")).containsExactly("a.jsonl");
    assertThat(found("**.jsonl", "runs/2")).containsExactly("a.jsonl");
    assertThat(found("runs/1/results-*.jsonl", "runs/2"))
        .containsExactly("results-00000-of-00001.jsonl");
  }

  @Test
  void somebodyElsesSummaryMakesNoRun() throws IOException {
    write("sub/a.txt", "sub/summary.json");

    assertThat(found("", "elsewhere")).containsExactly("sub/a.txt", "sub/summary.json");
  }

  @Test
  void theFolderOfThisRunIsNoInput() throws IOException {
    write("a.jsonl", "out/log.txt", "out/results-00000-of-00001.jsonl");
    write("out/failures-00000-of-00001.csv");

    assertThat(found("", "out")).containsExactly("a.jsonl");
  }

  @Test
  void inputMayLieInTheFolderThatTheRunWrites() throws IOException {
    write("a.jsonl", "log.txt", "results-00000-of-00001.jsonl", "failures-00000-of-00001.csv");
    Files.writeString(folder.resolve("summary.json"), SUMMARY);

    assertThat(found("", "")).containsExactly("a.jsonl");
    assertThat(found("*.jsonl", "")).containsExactly("a.jsonl");
  }

  @Test
  void saysThatAllWasLeftOut() throws IOException {
    write(".git/config");

    UsageException e = assertThrows(UsageException.class, () -> found("", "elsewhere"));

    assertThat(e).hasMessageThat().contains("only hidden files and what runs have written (1)");
  }

  @Test
  void saysWhatToDoAboutAFileSystemThatIsNotThere() {
    UsageException e =
        assertThrows(
            UsageException.class, () -> InputFiles.match(List.of("s3://bucket/a.jsonl"), "/o"));

    assertThat(e)
        .hasMessageThat()
        .contains("there is no file system for that here; give --addOns=s3,");
  }

  private List<String> found(String pattern, String output) {
    String input = pattern.isEmpty() ? folder.toString() : folder + "/" + pattern;
    return InputFiles.match(List.of(input), RunFolder.at(folder.resolve(output).toString()).path())
        .stream()
        .map(InputFile::id)
        .toList();
  }

  private void write(String... names) throws IOException {
    for (String name : names) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "text");
    }
  }
}
