package dev.rlmbeam.transforms;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.transforms.rlm.trajectory.RunRecord;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectoryLabels;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectorySink;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trajectories as a transform writes them. */
class TrajectoryStoresOfPlansTest {
  private static final RunRecord RUN =
      new RunRecord("a", Instant.parse("2026-03-01T12:00:00Z"), "root", "sub", 30, 1000);

  @TempDir Path folder;

  @BeforeAll
  static void registerFileSystems() {
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void aLineIsInTheFileAsSoonAsItIsWritten() throws IOException {
    Path made = folder.resolve("with space/trajectories");
    TrajectoryPlan plan = new TrajectoryPlan(TrajectoryPlan.Mode.FILES, made.toString());
    try (TrajectoryStore store =
            TrajectoryStores.open(plan, new TrajectoryLabels("openai", "local"));
        TrajectorySink sink = store.open("a", 1)) {
      sink.start(RUN);

      assertThat(Files.readString(files(made).get(0))).endsWith("}\n");
    }
  }

  @Test
  void aCancelThatComesInTheMiddleOfAWriteIsPassedOnAfterIt() {
    InFlight element = new InFlight(LocalRun.tasks(1).get(0));
    assertThat(element.begin()).isTrue();

    element.shield(
        () -> {
          element.cancel();
          assertThat(Thread.currentThread().isInterrupted()).isFalse();
        });

    assertThat(Thread.interrupted()).isTrue();
  }
}
