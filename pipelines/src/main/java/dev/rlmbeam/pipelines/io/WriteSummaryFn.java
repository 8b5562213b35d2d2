package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.pipelines.report.RunDescription;
import dev.rlmbeam.pipelines.report.Summary;
import dev.rlmbeam.pipelines.report.Tally;
import java.io.IOException;
import org.apache.beam.sdk.transforms.DoFn;

/** Writes the summary, and clears away what was needed only while the run lasted. */
final class WriteSummaryFn extends DoFn<Tally, Void> {
  private static final long serialVersionUID = 1L;

  private final RunFolder folder;
  private final RunDescription run;

  WriteSummaryFn(RunFolder folder, RunDescription run) {
    this.folder = folder;
    this.run = run;
  }

  @ProcessElement
  public void process(@Element Tally tally) throws IOException {
    folder.deleteContexts();
    folder.writeSummary(new Summary(run, tally, System.currentTimeMillis()).json());
  }
}
