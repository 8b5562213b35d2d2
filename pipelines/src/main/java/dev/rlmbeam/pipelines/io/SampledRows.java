package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmTask;
import java.io.IOException;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Set;

/** The rows that {@code --sample} chooses, found here and not in a pipeline; it reads all rows. */
final class SampledRows {
  private SampledRows() {}

  /** The places of the rows, as a run would choose them. */
  static Set<String> sources(InputSettings settings, InputListing files, Selection.Sample sample)
      throws IOException {
    // Of what is kept the highest rank is at the head, and the first to go.
    PriorityQueue<Candidate> lowest = new PriorityQueue<>(new Candidate.LowestOnTop());
    for (InputFile file : files.found()) {
      new FileTasks(settings)
          .read(
              file,
              new FileTasks.Sink() {
                @Override
                public boolean task(RlmTask task) {
                  return take(task.id(), task.source());
                }

                @Override
                public boolean failure(RlmFailure failure) {
                  return take(failure.id(), failure.source());
                }

                /** Counts whichever rows are chosen, and so is no row to choose. */
                @Override
                public void unreadable(RlmFailure failure) {}

                private boolean take(String id, String source) {
                  lowest.add(Candidate.sampled(id, source));
                  if (lowest.size() > sample.rows()) {
                    lowest.remove();
                  }
                  return true;
                }
              });
    }
    Set<String> sources = new HashSet<>();
    lowest.forEach(candidate -> sources.add(candidate.source()));
    return sources;
  }
}
