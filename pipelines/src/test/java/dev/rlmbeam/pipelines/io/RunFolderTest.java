package dev.rlmbeam.pipelines.io;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.pipelines.remote.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunFolderTest {
  @TempDir private Path folder;
  private RunFolder run;

  @BeforeEach
  void open() {
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());
    run = RunFolder.at(folder + "/");
  }

  @Test
  void aFinishedRunIsRefusedUnlessItMayBeReplaced() throws IOException {
    Path results = Files.writeString(folder.resolve("results-00000-of-00001.jsonl"), "{}\n");
    Path csv = Files.writeString(folder.resolve("results-00001-of-00002.csv"), "id\r\n");
    Path avro = Files.writeString(folder.resolve("failures-00001-of-00002.avro"), "Obj");
    Path trajectories = Files.createDirectory(folder.resolve("trajectories"));
    Path trajectory = Files.writeString(trajectories.resolve("a.jsonl"), "{}\n");
    run.writeSummary("{}");

    UsageException e = assertThrows(UsageException.class, () -> run.prepare(false));

    assertThat(e).hasMessageThat().contains("holds a finished run");
    assertThat(e).hasMessageThat().contains("--overwrite");
    assertThat(Files.exists(results)).isTrue();

    run.prepare(true);

    assertThat(Files.exists(results)).isFalse();
    assertThat(Files.exists(csv)).isFalse();
    assertThat(Files.exists(avro)).isFalse();
    assertThat(Files.exists(trajectory)).isFalse();
    assertThat(Files.exists(folder.resolve("summary.json"))).isFalse();
  }

  @Test
  void filesOfARunThatDidNotFinishAreRefusedToo() throws IOException {
    Files.writeString(folder.resolve("failures-00000-of-00001.jsonl"), "{}\n");

    assertThat(assertThrows(UsageException.class, () -> run.prepare(false)))
        .hasMessageThat()
        .contains("did not finish");
  }

  @Test
  void aRunThatWorksWithoutItsLauncherIsNotReplaced() throws IOException {
    RunFiles files = run.runFiles("r1");
    files.mark();
    Path mark = folder.resolve(".progress/run-r1");

    UsageException e = assertThrows(UsageException.class, () -> run.prepare(true));

    assertThat(e).hasMessageThat().contains("its workers may still write there");
    assertThat(Files.exists(mark)).isTrue();

    // Nobody has said a word for a day.
    Files.setLastModifiedTime(mark, FileTime.from(Instant.now().minusSeconds(86_460)));
    run.prepare(true);

    assertThat(Files.exists(mark)).isFalse();
  }

  @Test
  void aFinishedRunsProgressIsNoSignOfLife() throws IOException {
    run.runFiles("r1").mark();
    run.writeSummary("{}");

    run.prepare(true);

    assertThat(run.readSummary().isPresent()).isFalse();
  }

  @Test
  void aPatternOfNamesIsNoFolder() throws IOException {
    RunFolder glob = RunFolder.at(Files.createDirectory(folder.resolve("run[1]")).toString());

    UsageException e = assertThrows(UsageException.class, () -> glob.prepare(true));

    assertThat(e).hasMessageThat().contains("stand for many names");
  }

  @Test
  void aUriOfThisMachineIsItsFolder() {
    assertThat(RunFolder.at("file:///a/b/").path()).isEqualTo("/a/b");
  }

  @Test
  void filesOfOthersAreLeftAlone() throws IOException {
    Path notes = Files.writeString(folder.resolve("notes.jsonl"), "mine");
    Path likely = Files.writeString(folder.resolve("results-final.jsonl"), "mine");
    Path table = Files.writeString(folder.resolve("results-final.csv"), "mine");
    Path inner = Files.createDirectory(folder.resolve("trajectories"));
    Path picture = Files.writeString(inner.resolve("plot.png"), "mine");

    run.prepare(true);

    assertThat(Files.exists(notes)).isTrue();
    assertThat(Files.exists(likely)).isTrue();
    assertThat(Files.exists(table)).isTrue();
    assertThat(Files.exists(picture)).isTrue();
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    RunFolder below = RunFolder.at(file + "/out");

    UsageException e = assertThrows(UsageException.class, () -> below.prepare(false));

    assertThat(e).hasMessageThat().contains("--output=" + file + "/out cannot be written");
  }

  @Test
  void theSummaryIsThereWholeOrNotAtAll() throws IOException {
    assertThat(run.readSummary().isPresent()).isFalse();

    run.writeSummary("{\"a\":1}");

    assertThat(run.readSummary().get()).isEqualTo("{\"a\":1}");
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString())).containsExactly("summary.json");
    }
  }
}
