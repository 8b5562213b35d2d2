package dev.rlmbeam.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.pipelines.report.ReadMonitor;
import dev.rlmbeam.transforms.RunMonitor;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.beam.sdk.PipelineResult;

/** A batch run under a person's eyes: banner, progress, end, exit code. One run. */
final class BatchRun {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LOG = "log.txt";

  private final Console console;
  private final Interrupts interrupts;

  BatchRun(Console console, Interrupts interrupts) {
    this.console = console;
    this.interrupts = interrupts;
  }

  /** What is left of a run. */
  record End(ExitCode exitCode, BatchJob job, JsonNode summary) {}

  /**
   * Checks the options, runs to the end, and closes what was opened.
   *
   * @throws UsageException for what stops it before anything is paid
   */
  End run(BatchOptions options) throws IOException {
    return run(BatchJob.prepare(options));
  }

  private End run(BatchJob job) throws IOException {
    String runId = job.description().runId();
    console.err().print(Banner.of(job));
    try (LogFile log = LogFile.open(logPath(job))) {
      interrupts.onFirst(() -> stop(runId));
      try (ProgressScreen screen = ProgressScreen.open(runId, console)) {
        PipelineResult result = job.pipeline().run();
        PipelineResult.State state = result.waitUntilFinish();
        if (state != PipelineResult.State.DONE) {
          throw new IllegalStateException("the pipeline ended as " + state + "; see the log");
        }
      } finally {
        RunMonitor.of(runId).end();
        ReadMonitor.end(runId);
      }
    }
    JsonNode summary = summary(job);
    return new End(EndLines.exitCode(summary), job, summary);
  }

  /** In good order: nothing more begins, what is finished is written. */
  private void stop(String runId) {
    console
        .err()
        .print("\nStopping: what is finished will be written. Once more to end at once.\n");
    RunMonitor.of(runId).stop();
  }

  private static JsonNode summary(BatchJob job) throws IOException {
    return JSON.readTree(
        job.folder()
            .readSummary()
            .orElseThrow(() -> new IllegalStateException("the run ended without a summary")));
  }

  private static Path logPath(BatchJob job) {
    return job.folder()
        .local()
        .map(folder -> folder.resolve(LOG))
        .orElseGet(
            () ->
                Path.of(
                    System.getProperty("java.io.tmpdir"),
                    "rlm-" + job.description().runId() + ".log"));
  }
}
