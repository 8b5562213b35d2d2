package dev.rlmbeam.transforms;

/** Tells the monitor of a run what only the transform tells it otherwise. */
public final class MonitoredRun {
  private MonitoredRun() {}

  public static void notice(String runId, String line) {
    RunMonitor.of(runId).notice(line);
  }

  public static void fail(RlmFailure failure) {
    RunMonitor.of(failure.runId()).count(new Finished.Failure(failure));
  }

  public static void begin(String runId) {
    RunMonitor.of(runId).begin();
  }
}
