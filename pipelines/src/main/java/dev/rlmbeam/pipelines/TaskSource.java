package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.io.OutputFormat;
import dev.rlmbeam.pipelines.io.RunFolder;
import dev.rlmbeam.pipelines.io.TaskSample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.values.PCollectionTuple;

/** Where the tasks of a run come from. What can be wrong with it was found when it was made. */
interface TaskSource {

  /** What is asked about, for a person: {@code a.txt and 3 more (20 MB)}. */
  String shown();

  /** The form of the files of results and failures. */
  OutputFormat format();

  /** Fields of the input that go with each result and failure. */
  List<String> include();

  /**
   * The first of the tasks that a run would take, to be looked at.
   *
   * @param whole how many are kept whole
   * @param most how many rows are taken at most
   * @param scratch folder for what has to be put together; the caller deletes it
   */
  TaskSample sample(int whole, int most, Path scratch) throws IOException;

  /** Called once, when the run's folder is locked and empty, before the pipeline is made. */
  void prepare(RunFolder folder);

  /**
   * Puts the reading into a pipeline.
   *
   * @return collections by the tags of {@link dev.rlmbeam.pipelines.io.ReadTasks}
   */
  PCollectionTuple read(Pipeline pipeline);
}
