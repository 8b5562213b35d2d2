package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.remote.RemoteProgress;
import dev.rlmbeam.pipelines.remote.RunFiles;
import dev.rlmbeam.pipelines.report.ReadMonitor;
import dev.rlmbeam.transforms.RunMonitor;
import dev.rlmbeam.transforms.RunSnapshot;

/** Where a screen sees how far a run is. Called by the screen's thread alone. */
interface ProgressSource {
  /** What was read. */
  ReadMonitor.Snapshot read();

  /** How far the elements are. */
  RunSnapshot rlm();

  /** Of a run that works in this process. */
  static ProgressSource ofProcess(String runId) {
    return new ProgressSource() {
      @Override
      public ReadMonitor.Snapshot read() {
        return ReadMonitor.of(runId).snapshot();
      }

      @Override
      public RunSnapshot rlm() {
        return RunMonitor.of(runId).snapshot();
      }
    };
  }

  /** Of a run whose workers are other processes. */
  static ProgressSource ofWorkers(RunFiles files) {
    RemoteProgress progress = new RemoteProgress(files);
    return new ProgressSource() {
      @Override
      public ReadMonitor.Snapshot read() {
        progress.look();
        return progress.read();
      }

      @Override
      public RunSnapshot rlm() {
        progress.look();
        return progress.rlm();
      }
    };
  }
}
