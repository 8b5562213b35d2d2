package dev.rlmbeam.pipelines.remote;

import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.RunMonitor;
import dev.rlmbeam.transforms.WorkerId;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.util.ReleaseInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets tasks pass on a worker that can do its part: it sees the launcher's folder, and has the
 * launcher's Beam. Otherwise all would be paid for before the first file cannot be written. While
 * tasks are read it also listens for the launcher's request to stop: those that answer do so later.
 */
public final class SharedFolderFn extends DoFn<RlmTask, RlmTask> {
  private static final Logger log = LoggerFactory.getLogger(SharedFolderFn.class);
  private static final long serialVersionUID = 1L;
  private static final long LISTEN_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final RunFiles files;
  private final String output;
  private final String beam;
  private transient long listenedNanos;

  /**
   * Of a run.
   *
   * @param output folder of the run, as a person gave it
   */
  public SharedFolderFn(RunFiles files, String output) {
    this(files, output, ReleaseInfo.getReleaseInfo().getVersion());
  }

  /** Of a launcher with this version of Beam. */
  SharedFolderFn(RunFiles files, String output, String beam) {
    this.files = files;
    this.output = output;
    this.beam = beam;
  }

  /**
   * Looks once a bundle.
   *
   * @throws UsageException when the worker cannot do its part
   */
  @StartBundle
  public void startBundle() throws IOException {
    String here = ReleaseInfo.getReleaseInfo().getVersion();
    if (!here.equals(beam)) {
      throw new UsageException(
          String.format(
              "worker %s has Beam %s, but this job was made with %s. Take Beam's jars out of the"
                  + " cluster's lib folder, or set classloader.resolve-order to child-first.",
              WorkerId.current(), here, beam));
    }
    if (!files.isMarked()) {
      throw new UsageException(
          String.format(
              "--output=%s is not the launcher's folder on worker %s. Give a folder that the"
                  + " launcher and all workers reach under the same name: a network drive, s3://,"
                  + " gs:// or hdfs://. If this is a template that has run before: it is good for"
                  + " one run, make another.",
              output, WorkerId.current()));
    }
    listen();
  }

  @ProcessElement
  public void process(@Element RlmTask task, OutputReceiver<RlmTask> out) {
    if (System.nanoTime() - listenedNanos > LISTEN_NANOS) {
      listen();
    }
    out.output(task);
  }

  private void listen() {
    try {
      if (files.isStopRequested()) {
        RunMonitor.of(files.runId()).stop();
      }
    } catch (IOException e) {
      log.debug("run={} cannot be asked whether it is to stop", files.runId(), e);
    }
    listenedNanos = System.nanoTime();
  }
}
