package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.pipelines.report.Tally;
import dev.rlmbeam.transforms.RlmContext;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmTask;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * The first tasks that a run would take of an input, read here and not in a pipeline; of most of
 * them only the size is kept. Immutable.
 *
 * @param tasks the first ones, in the order of files and lines
 * @param sizes of the contexts of these and of the tasks behind them, in bytes; -1 where not known
 *     without reading
 * @param failures rows among them that cannot be used
 * @param unreadableFiles how many files cannot be read to their end; each has a failure, too
 * @param whole whether there are no more
 */
public record TaskSample(
    List<RlmTask> tasks,
    List<Long> sizes,
    List<RlmFailure> failures,
    int unreadableFiles,
    boolean whole) {
  public TaskSample {
    tasks = List.copyOf(tasks);
    sizes = List.copyOf(sizes);
    failures = List.copyOf(failures);
  }

  /** One task, and no more. */
  public static TaskSample of(RlmTask task) {
    return new TaskSample(List.of(task), List.of(bytes(task)), List.of(), 0, true);
  }

  /**
   * Reads until there are enough. For {@code --sample} all rows are read before.
   *
   * @param whole how many tasks are kept
   * @param most how many rows are taken
   */
  public static TaskSample of(InputSettings settings, InputListing files, int whole, int most)
      throws IOException {
    return new SampleSink(settings, whole, most).read(files);
  }

  /** What the rows would come to, if whatever can be asked were answered. */
  public Tally tally() {
    Tally tally =
        new Tally(sizes.size(), Map.of(), Map.of(), 0, 0, 0, Map.of(), 0, unreadableFiles, false);
    for (RlmFailure failure : failures) {
      tally = tally.plus(Tally.of(failure));
    }
    return tally;
  }

  static long bytes(RlmTask task) {
    return task.context() instanceof RlmContext.Inline inline
        ? inline.value().getBytes(StandardCharsets.UTF_8).length
        : ((RlmContext.Ref) task.context()).bytes();
  }
}
