package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.pipelines.remote.RunFiles;
import dev.rlmbeam.pipelines.report.RunDescription;
import dev.rlmbeam.pipelines.report.Summary;
import dev.rlmbeam.pipelines.report.Tally;
import java.io.IOException;
import org.apache.beam.sdk.transforms.DoFn;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the summary, and clears away what was needed only while the run lasted. */
final class WriteSummaryFn extends DoFn<Tally, Void> {
  private static final Logger log = LoggerFactory.getLogger(WriteSummaryFn.class);
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
    clear(folder::deleteContexts);
    folder.writeSummary(new Summary(run, tally, System.currentTimeMillis()).json());
    if (leftBehind != null) {
      clear(leftBehind::clear);
    }
  }

  private interface Clearing {
    void run() throws IOException;
  }

  /** What cannot be deleted costs nothing; a bundle that fails is begun, and may be paid, anew. */
  private static void clear(Clearing clearing) {
    try {
      clearing.run();
    } catch (IOException | RuntimeException e) {
      log.warn("a file that only the run needed is left behind", e);
    }
  }
}
