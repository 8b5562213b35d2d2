package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmTask;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The first tasks of an input, read here and not in a pipeline. Immutable.
 *
 * @param tasks in the order of files and lines; of ids that are asked for, only those
 * @param failures rows before the last of them that cannot be used
 */
public record TaskSample(List<RlmTask> tasks, List<RlmFailure> failures) {
  public TaskSample {
    tasks = List.copyOf(tasks);
    failures = List.copyOf(failures);
  }

  /** Reads until there are enough. */
  public static TaskSample of(InputSettings settings, InputListing files, int most)
      throws IOException {
    Collector collector = new Collector(settings.selection(), most);
    for (InputFile file : files.found()) {
      if (!collector.isFull()) {
        new FileTasks(settings).read(file, collector);
      }
    }
    return new TaskSample(collector.tasks, collector.failures);
  }

  private static final class Collector implements FileTasks.Sink {
    private final List<RlmTask> tasks = new ArrayList<>();
    private final List<RlmFailure> failures = new ArrayList<>();
    private final Selection selection;
    private final int most;

    Collector(Selection selection, int most) {
      this.selection = selection;
      this.most = selection instanceof Selection.First first ? Math.min(most, first.rows()) : most;
    }

    boolean isFull() {
      return tasks.size() + failures.size() >= most;
    }

    @Override
    public boolean task(RlmTask task) {
      if (!(selection instanceof Selection.Ids ids) || ids.toLookFor().contains(task.id())) {
        tasks.add(task);
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
