package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.RunMonitor;
import java.io.IOException;
import org.apache.beam.sdk.transforms.DoFn;

/**
 * The rows of a file as candidates for a selection. The input is read twice then, and no task is
 * held while the choice is made.
 */
final class CandidatesFn extends DoFn<InputFile, Candidate> {
  private static final long serialVersionUID = 1L;

  private final InputSettings settings;

  CandidatesFn(InputSettings settings) {
    this.settings = settings;
  }

  @ProcessElement
  public void process(@Element InputFile file, OutputReceiver<Candidate> out) throws IOException {
    Selection selection = settings.selection();
    long most = selection instanceof Selection.First first ? first.rows() : Long.MAX_VALUE;
    RunMonitor run = RunMonitor.of(settings.runId());
    new FileTasks(settings)
        .read(
            file,
            new FileTasks.Sink() {
              private long rows;

              @Override
              public boolean task(RlmTask task) {
                return take(task.id(), task.source());
              }

              @Override
              public boolean failure(RlmFailure failure) {
                return take(failure.id(), failure.source());
              }

              @Override
              public void unreadable(RlmFailure failure) {
                if (selection instanceof Selection.First) {
                  take(failure.id(), failure.source());
                }
              }

              private boolean take(String id, String source) {
                out.output(
                    selection instanceof Selection.First
                        ? new Candidate(String.format("%s\n%019d", file.id(), rows), source)
                        : Candidate.sampled(id, source));
                rows++;
                return rows < most && !run.snapshot().stopped();
              }
            });
  }
}
