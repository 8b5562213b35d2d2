package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.pipelines.remote.RunFiles;
import dev.rlmbeam.pipelines.report.RunDescription;
import dev.rlmbeam.pipelines.report.Summary;
import dev.rlmbeam.pipelines.report.Tally;
import java.io.IOException;
import org.apache.beam.sdk.transforms.DoFn;
import org.jspecify.annotations.Nullable;

/** Writes the summary, and clears away what was needed only while the run lasted. */
final class WriteSummaryFn extends DoFn<Tally, Void> {
  private static final long serialVersionUID = 1L;

  private final RunFolder folder;
  private final RunDescription run;
  private final @Nullable RunFiles leftBehind;

  /**
   * Of a run.
   *
   * @param leftBehind what nobody else would clear away
   */
  WriteSummaryFn(RunFolder folder, RunDescription run, @Nullable RunFiles leftBehind) {
    this.folder = folder;
    this.run = run;
    this.leftBehind = leftBehind;
  }

  @ProcessElement
  public void process(@Element Tally tally) throws IOException {
    folder.deleteContexts();
    folder.writeSummary(new Summary(run, tally, System.currentTimeMillis()).json());
    if (leftBehind != null) {
      leftBehind.clear();
    }
  }
}
