package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.io.TaskSample;
import java.io.IOException;
import java.util.Locale;

/** The first rows of an input, for who wants to look at them before a run. */
final class Sampling {
  /** How many rows are read. */
  static final int ROWS = 1000;

  private Sampling() {}

  /**
   * Reads them.
   *
   * @param whole how many tasks are kept whole
   */
  static TaskSample of(TaskSource source, int whole, Interrupts interrupts) throws IOException {
    try (Temporary scratch = interrupts.temporaryFolder("rlm-sample-")) {
      return source.sample(whole, ROWS, scratch.path());
    }
  }

  /** How many there are: {@code of the first 1,000 rows: 998 tasks, 2 that cannot be used}. */
  static String counted(TaskSample sample) {
    int tasks = sample.sizes().size();
    int bad = sample.failures().size();
    return String.format(
        Locale.ROOT,
        "%s%,d %s, %,d that cannot be used",
        sample.whole() ? "" : String.format(Locale.ROOT, "of the first %,d rows: ", tasks + bad),
        tasks,
        tasks == 1 ? "task" : "tasks",
        bad);
  }
}
