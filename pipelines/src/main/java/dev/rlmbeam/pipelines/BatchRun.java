package dev.rlmbeam.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.pipelines.io.PartialResults;
import dev.rlmbeam.pipelines.io.RunLock;
import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.pipelines.remote.RunFiles;
import dev.rlmbeam.pipelines.report.ReadMonitor;
import dev.rlmbeam.transforms.RunMonitor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.beam.sdk.PipelineResult;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A batch run under a person's eyes: banner, progress, end, exit code. One run. */
final class BatchRun {
  private static final Logger LOG = LoggerFactory.getLogger(BatchRun.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LOG_FILE = "log.txt";

  private final Console console;
  private final Interrupts interrupts;

  BatchRun(Console console, Interrupts interrupts) {
    this.console = console;
    this.interrupts = interrupts;
  }

  /** A run that broke off; what there is to say of it is in its log. */
  static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Path log;
    private final transient Optional<Path> partial;

    Broken(Path log, Optional<Path> partial, Throwable cause) {
      super(cause);
      this.log = log;
      this.partial = partial;
    }

    /** What is left of it, for a person. */
    String leavings() {
      return partial.map(file -> "What was finished is in " + file + ".\n").orElse("")
          + "The stack trace is in "
          + log
          + ".";
    }
  }

  /** What is left of a run. */
  record End(ExitCode exitCode, BatchJob job, JsonNode summary) {}

  /**
   * Checks the options, runs to the end, and closes what was opened.
   *
   * @throws UsageException for what stops it before anything is paid
   */
  End run(BatchOptions options) throws IOException {
    BatchJob job = BatchJob.prepare(options);
    console.err().print(Banner.of(job));
    ProgressSource source =
        job.runFiles()
            .map(ProgressSource::ofWorkers)
            .orElseGet(() -> ProgressSource.ofProcess(job.description().runId()));
    return run(job, runId -> ProgressScreen.open(source, console));
  }

  /**
   * Checks the options and starts a run that goes on without this process.
   *
   * @throws UsageException for what stops it before anything is paid
   */
  BatchJob submit(BatchOptions options) {
    BatchJob job = BatchJob.prepare(options);
    console.err().print(Banner.of(job));
    try (RunLock lock = job.lock()) {
      PipelineResult unused = job.pipeline().run();
      return job;
    } catch (RuntimeException | Error e) {
      RuntimeException found = RemoteFaults.found(e);
      if (!(found instanceof RemoteFaults.OutOfTouch)) {
        job.plan().sweep(job.description().runId());
        clear(job);
      }
      throw found;
    }
  }

  /** What is shown while a run goes on. */
  interface Screen extends AutoCloseable {
    @Override
    void close();
  }

  /** Opens a screen for a run. */
  interface Screens {
    Screen open(String runId);
  }

  /** Runs a job to the end, and closes what was opened. */
  End run(BatchJob job, Screens screens) throws IOException {
    String runId = job.description().runId();
    Path logPath = logPath(job);
    boolean over = true;
    try (RunLock lock = job.lock();
        LogFile log = LogFile.open(logPath)) {
      interrupts.onFirst(() -> stop(job));
      try (Screen screen = screens.open(runId)) {
        PipelineResult result = job.pipeline().run();
        PipelineResult.State state = result.waitUntilFinish();
        checkEnd(state);
      } catch (RuntimeException | Error e) {
        Optional<Path> partial = closePartial(job, false);
        // In one's own process there is nothing to lose touch with.
        RuntimeException found =
            job.runFiles().isPresent() || !(e instanceof RuntimeException runtime)
                ? RemoteFaults.found(e)
                : runtime;
        over = !(found instanceof RemoteFaults.OutOfTouch);
        if (!over
            || found instanceof RemoteFaults.Cancelled
            || Problem.find(UsageException.class, found).isPresent()) {
          throw found;
        }
        LOG.error("the run broke off", found);
        throw new Broken(logPath, partial, found);
      } finally {
        if (over) {
          job.plan().sweep(runId);
          clear(job);
        }
        RunMonitor.of(runId).end();
        ReadMonitor.end(runId);
      }
    }
    JsonNode summary = summary(job);
    closePartial(job, true);
    return new End(EndLines.exitCode(summary), job, summary);
  }

  private static void checkEnd(PipelineResult.@Nullable State state) {
    if (state == PipelineResult.State.DONE) {
      return;
    }
    if (state == PipelineResult.State.CANCELLED) {
      throw new RemoteFaults.Cancelled(null);
    }
    if (state == null || !state.isTerminal()) {
      throw new RemoteFaults.OutOfTouch("the last that it said was " + state, null);
    }
    throw new IllegalStateException("the pipeline ended as " + state + "; see the log");
  }

  private static Optional<Path> closePartial(BatchJob job, boolean kept) throws IOException {
    Optional<PartialResults> partial = job.partial();
    return partial.isPresent() && partial.get().close(kept)
        ? Optional.of(Path.of(partial.get().file()))
        : Optional.empty();
  }

  /** In good order: nothing more begins, what is finished is written. */
  private void stop(BatchJob job) {
    Optional<RunFiles> remote = job.runFiles();
    console
        .err()
        .print(
            remote.isEmpty()
                ? "\nStopping: what is finished will be written. Once more to end at once.\n"
                : "\nStopping job "
                    + job.name()
                    + " on its cluster: what is finished will be written. Once more to wait for it"
                    + " no longer.\n");
    RunMonitor.of(job.description().runId()).stop();
    if (remote.isPresent()) {
      try {
        remote.get().requestStop();
      } catch (IOException e) {
        LOG.error("the workers cannot be told to stop", e);
        console.err().print("They cannot be told: " + e.getMessage() + "\n");
      }
    }
  }

  /** What only a run that goes on needs. */
  private static void clear(BatchJob job) {
    Optional<RunFiles> files = job.runFiles();
    try {
      // Where there is no lock, another run may have begun when this one's summary was written.
      if (files.isEmpty() || files.get().isMarked()) {
        job.folder().deleteContexts();
      }
    } catch (IOException e) {
      LOG.warn("long contexts are left behind", e);
    }
    try {
      if (files.isPresent()) {
        files.get().clear();
      }
    } catch (IOException e) {
      LOG.warn("files of the run's progress are left behind", e);
    }
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
        .map(folder -> folder.resolve(LOG_FILE))
        .orElseGet(
            () ->
                Path.of(
                    System.getProperty("java.io.tmpdir"),
                    "rlm-" + job.description().runId() + ".log"));
  }
}
