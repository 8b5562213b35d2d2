package dev.rlmbeam.pipelines.io;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.pipelines.report.Tally;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.RunMonitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run that was told to stop reads nothing more, and says so. */
@Timeout(60)
final class StopReadingTest {
  @TempDir private Path folder;

  @AfterEach
  void endRun() {
    RunMonitor.of("test").end();
  }

  @Test
  void rowsThatAreLeftAreNoFailures() throws IOException {
    Path rows = folder.resolve("rows.jsonl");
    Files.writeString(rows, "{\"query\":\"q\",\"context\":\"c\"}\n".repeat(1000) + "bad\n");
    InputSettings settings = ReadRows.settings(rows);
    RunMonitor.of("test").stop();

    Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.create());
    PCollectionTuple read =
        pipeline.apply(
            new ReadTasks(
                settings,
                InputListing.of(settings, RunFolder.at(folder.resolve("o").toString())),
                4));

    PAssert.that(read.<RlmTask>get(ReadTasks.TASKS)).empty();
    PAssert.that(read.<RlmFailure>get(ReadTasks.FAILURES)).empty();
    PAssert.that(read.<Tally>get(ReadTasks.NOTES)).containsInAnyOrder(Tally.NOT_READ);
    assertThat(pipeline.run().waitUntilFinish().isTerminal()).isTrue();
  }
}
