package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmTask;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Takes the rows of a {@link TaskSample}, and calls them as the run will: it finds two of one id,
 * and ids that no row has. One use, one thread.
 */
final class SampleSink {
  private final InputSettings settings;
  private final int whole;
  private final int most;
  private final List<RlmTask> tasks = new ArrayList<>();
  private final List<Long> sizes = new ArrayList<>();
  private final List<RlmFailure> failures = new ArrayList<>();
  private final Map<String, String> sourcesById = new HashMap<>();
  private final Map<String, Integer> sameContent = new HashMap<>();
  private int unreadableFiles;

  SampleSink(InputSettings settings, int whole, int most) {
    this.settings = settings;
    this.whole = whole;
    this.most = most;
  }

  TaskSample read(InputListing files) throws IOException {
    Selection selection = settings.selection();
    @Nullable Set<String> sources =
        selection instanceof Selection.Sample sample
            ? SampledRows.sources(settings, files, sample)
            : null;
    RowChoice choice = new RowChoice(selection, sources);
    for (InputFile file : files.found()) {
      if (wantsMore()) {
        new FileTasks(settings).read(file, new OfFile(file, choice));
      }
    }
    if (wantsMore() && selection instanceof Selection.Ids ids) {
      missing(ids);
    }
    return new TaskSample(tasks, sizes, failures, unreadableFiles, taken() < most);
  }

  private int taken() {
    return sizes.size() + failures.size();
  }

  private boolean wantsMore() {
    boolean more = taken() < most;
    return settings.selection() instanceof Selection.First first
        ? more && taken() < first.rows()
        : more;
  }

  private void missing(Selection.Ids wanted) {
    Set<String> missing = new TreeSet<>(wanted.ids());
    missing.removeAll(sourcesById.keySet());
    failures.forEach(failure -> missing.remove(failure.id()));
    missing.forEach(id -> failures.add(MissingIdsFn.failure(id, settings)));
  }

  /** Takes the rows of one file. */
  private final class OfFile implements FileTasks.Sink {
    private final InputFile file;
    private final RowChoice choice;

    OfFile(InputFile file, RowChoice choice) {
      this.file = file;
      this.choice = choice;
    }

    @Override
    public boolean task(RlmTask task) {
      Optional<String> id = choice.idIfChosen(file, task.id(), task.source());
      id.ifPresent(name -> take(task.withId(name)));
      return wantsMore();
    }

    private void take(RlmTask named) {
      RlmTask task = named;
      String first = sourcesById.get(named.id());
      if (first != null) {
        if (!ContentHash.made(named.id())) {
          failures.add(UniqueIdsFn.taken(named, first, settings.runId()));
          return;
        }
        int number = sameContent.merge(named.id(), 1, Integer::sum) + 1;
        task = named.withId(named.id() + "-" + number);
      }
      sourcesById.put(task.id(), task.source());
      if (settings.selection() instanceof Selection.Ids ids && !ids.ids().contains(task.id())) {
        return;
      }
      sizes.add(TaskSample.bytes(task));
      if (tasks.size() < whole) {
        tasks.add(task);
      }
    }

    @Override
    public boolean failure(RlmFailure failure) {
      if (choice.idIfChosen(file, failure.id(), failure.source()).isPresent()) {
        failures.add(failure);
      }
      return wantsMore();
    }

    @Override
    public void unreadable(RlmFailure failure) {
      failures.add(failure);
      unreadableFiles++;
    }
  }
}
