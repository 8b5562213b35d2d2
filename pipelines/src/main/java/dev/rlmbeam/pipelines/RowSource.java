package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.io.InputListing;
import dev.rlmbeam.pipelines.io.InputSettings;
import dev.rlmbeam.pipelines.io.OutputFormat;
import dev.rlmbeam.pipelines.io.ReadTasks;
import dev.rlmbeam.pipelines.io.RunFolder;
import dev.rlmbeam.pipelines.io.TaskSample;
import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.report.Figures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.values.PCollectionTuple;

/**
 * Rows and files of the user's. Immutable.
 *
 * @param settings how a row becomes a task
 * @param files what is read
 * @param groups in how many groups the tasks come out
 * @param format of the files that the run writes
 */
record RowSource(InputSettings settings, InputListing files, int groups, OutputFormat format)
    implements TaskSource {

  /**
   * Finds the files.
   *
   * @throws dev.rlmbeam.pipelines.options.UsageException when there are none, or an option is wrong
   */
  static RowSource of(BatchOptions options, RunFolder folder, String runId) {
    InputSettings settings = InputSettings.of(options, folder.contexts(), runId);
    return new RowSource(
        settings,
        InputListing.of(settings, folder),
        Runners.groups(options),
        OutputFormat.of(options));
  }

  @Override
  public String shown() {
    String more = files.files() == 1 ? "" : " and " + (files.files() - 1) + " more";
    return files.first() + more + " (" + Figures.bytes(files.bytes()) + ")";
  }

  @Override
  public List<String> include() {
    return settings.include();
  }

  @Override
  public TaskSample sample(int whole, int most, Path scratch) throws IOException {
    return TaskSample.of(settings, files, whole, most);
  }

  /** Nothing to do: long contexts are put into the folder as rows are read. */
  @Override
  public void prepare(RunFolder folder) {}

  @Override
  public PCollectionTuple read(Pipeline pipeline) {
    return pipeline.apply("Read", new ReadTasks(settings, files, groups));
  }
}
