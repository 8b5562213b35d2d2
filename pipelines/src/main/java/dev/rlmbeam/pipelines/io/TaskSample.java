package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.transforms.RlmContext;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmTask;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The first tasks of an input, read here and not in a pipeline; of most of them only the size is
 * kept. {@code --sample} is not applied, which goes through all rows first. Immutable.
 *
 * @param tasks the first ones, in the order of files and lines; of ids that are asked for, only
 *     those
 * @param sizes of the contexts of these and of the tasks behind them, in bytes; -1 where not known
 *     without reading
 * @param failures rows among them that cannot be used
 */
public record TaskSample(List<RlmTask> tasks, List<Long> sizes, List<RlmFailure> failures) {
  public TaskSample {
    tasks = List.copyOf(tasks);
    sizes = List.copyOf(sizes);
    failures = List.copyOf(failures);
  }

  /** One task, and no more. */
  public static TaskSample of(RlmTask task) {
    return new TaskSample(List.of(task), List.of(bytes(task)), List.of());
  }

  /**
   * Reads until there are enough.
   *
   * @param whole how many tasks are kept
   * @param most how many rows are read
   */
  public static TaskSample of(InputSettings settings, InputListing files, int whole, int most)
      throws IOException {
    Collector collector = new Collector(settings.selection(), whole, most);
    for (InputFile file : files.found()) {
      if (!collector.isFull()) {
        new FileTasks(settings).read(file, collector);
      }
    }
    return new TaskSample(collector.tasks, collector.sizes, collector.failures);
  }

  private static long bytes(RlmTask task) {
    return task.context() instanceof RlmContext.Inline inline
        ? inline.value().getBytes(StandardCharsets.UTF_8).length
        : ((RlmContext.Ref) task.context()).bytes();
  }

  private static final class Collector implements FileTasks.Sink {
    private final List<RlmTask> tasks = new ArrayList<>();
    private final List<Long> sizes = new ArrayList<>();
    private final List<RlmFailure> failures = new ArrayList<>();
    private final Selection selection;
    private final int whole;
    private final int most;

    Collector(Selection selection, int whole, int most) {
      this.selection = selection;
      this.whole = whole;
      this.most = selection instanceof Selection.First first ? Math.min(most, first.rows()) : most;
    }

    boolean isFull() {
      return sizes.size() + failures.size() >= most;
    }

    @Override
    public boolean task(RlmTask task) {
      if (!(selection instanceof Selection.Ids ids) || ids.toLookFor().contains(task.id())) {
        sizes.add(bytes(task));
        if (tasks.size() < whole) {
          tasks.add(task);
        }
      }
      return !isFull();
    }

    @Override
    public boolean failure(RlmFailure failure) {
      failures.add(failure);
      return !isFull();
    }

    @Override
    public void unreadable(RlmFailure failure) {
      failures.add(failure);
    }
  }
}
