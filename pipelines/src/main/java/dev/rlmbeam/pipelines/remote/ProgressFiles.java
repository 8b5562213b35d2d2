package dev.rlmbeam.pipelines.remote;

import dev.rlmbeam.pipelines.report.ReadMonitor;
import dev.rlmbeam.transforms.RunMonitor;
import dev.rlmbeam.transforms.RunSnapshot;
import dev.rlmbeam.transforms.WorkerId;
import dev.rlmbeam.transforms.WorkerReports;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's reports as files, a new one every few seconds while something has changed, every
 * twenty otherwise; and the worker's ear for the launcher's request to stop. Owns one thread a
 * worker until closed. A file system that fails costs only the progress that is shown.
 *
 * @param files of the run
 */
public record ProgressFiles(RunFiles files) implements WorkerReports {
  private static final Logger log = LoggerFactory.getLogger(ProgressFiles.class);
  private static final long serialVersionUID = 1L;
  private static final long EVERY_MILLIS = 3000;
  // Long calls change nothing; a worker that is silent for long is taken to be gone.
  private static final long SIGN_OF_LIFE_MILLIS = 20_000;

  @Override
  public Report begin(RunMonitor run) {
    Reporter reporter = new Reporter(files, run);
    reporter.start();
    return reporter;
  }

  private static final class Reporter implements Report {
    private final RunFiles files;
    private final RunMonitor run;
    private final ScheduledExecutorService thread;
    private String last = "";
    private long lastMillis;
    private Optional<String> written = Optional.empty();

    Reporter(RunFiles files, RunMonitor run) {
      this.files = files;
      this.run = run;
      this.thread =
          Executors.newSingleThreadScheduledExecutor(
              task -> {
                Thread made = new Thread(task, "rlm-progress");
                made.setDaemon(true);
                made.setContextClassLoader(ProgressFiles.class.getClassLoader());
                return made;
              });
    }

    void start() {
      ScheduledFuture<?> unused =
          thread.scheduleWithFixedDelay(this::tell, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Nothing, when the run is over and has cleared its files away: others may have the folder. */
    private synchronized void tell() {
      try {
        if (!files.isMarked()) {
          replaceBy(Optional.empty());
          return;
        }
        if (!run.snapshot().stopped() && files.isStopRequested()) {
          log.info("run={} is stopped by its launcher", files.runId());
          run.stop();
        }
        write();
      } catch (IOException | RuntimeException e) {
        log.debug("run={} its progress cannot be told", files.runId(), e);
      }
    }

    /** Under a new name each time: on an object store a file is not written over at once. */
    private void write() throws IOException {
      RunSnapshot rlm = run.snapshot();
      ReadMonitor.Snapshot read = ReadMonitor.of(files.runId()).snapshot();
      String now = new WorkerSnapshot(0, read, rlm).json();
      long millis = System.currentTimeMillis();
      if (now.equals(last) && millis - lastMillis < SIGN_OF_LIFE_MILLIS) {
        return;
      }
      String name = files.workerPrefix(WorkerId.current()) + millis + ".json";
      files.write(name, new WorkerSnapshot(millis, read, rlm).json());
      last = now;
      lastMillis = millis;
      replaceBy(Optional.of(name));
    }

    private void replaceBy(Optional<String> name) throws IOException {
      Optional<String> earlier = written;
      written = name;
      if (earlier.isPresent() && !earlier.equals(name)) {
        files.delete(earlier.get());
      }
    }

    /** The run may have cleared its files away while the last one was written. */
    private synchronized void leaveNothingBehind() {
      try {
        if (!files.isMarked()) {
          replaceBy(Optional.empty());
        }
      } catch (IOException | RuntimeException e) {
        log.debug("run={} a file of its progress may be left", files.runId(), e);
      }
    }

    @Override
    public void close() {
      // Without an interrupt: a file that is being written is to be whole.
      thread.shutdown();
      tell();
      leaveNothingBehind();
      ReadMonitor.end(files.runId());
    }
  }
}
