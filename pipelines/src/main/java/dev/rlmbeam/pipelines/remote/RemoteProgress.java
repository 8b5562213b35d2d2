package dev.rlmbeam.pipelines.remote;

import dev.rlmbeam.pipelines.report.ReadMonitor;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RunSnapshot;
import dev.rlmbeam.transforms.model.ModelUsage;
import dev.rlmbeam.transforms.rlm.FailureClass;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far a run is, from what its workers wrote. For a person's eyes: work that is done twice,
 * after the loss of a worker, is counted twice. Not thread-safe.
 */
public final class RemoteProgress {
  private static final Logger log = LoggerFactory.getLogger(RemoteProgress.class);
  private static final long PAUSE_MILLIS = 1500;
  // A worker that works writes more often; one that was killed has nothing in flight.
  private static final long SILENT_MILLIS = 60_000;

  private final RunFiles files;
  private final Map<String, WorkerSnapshot> known = new HashMap<>();
  private long lookedMillis;

  /** Of a run with these files. */
  public RemoteProgress(RunFiles files) {
    this.files = files;
  }

  /** Looks again, unless it has just done so. */
  public void look() {
    long now = System.currentTimeMillis();
    if (now - lookedMillis < PAUSE_MILLIS) {
      return;
    }
    lookedMillis = now;
    try {
      files.ofWorkers().forEach(this::take);
    } catch (IOException e) {
      log.debug("progress cannot be read", e);
    }
  }

  private void take(MatchResult.Metadata file) {
    String name = String.valueOf(file.resourceId().getFilename());
    String worker = name.substring(0, name.lastIndexOf('-'));
    try {
      WorkerSnapshot told = WorkerSnapshot.of(RunFiles.read(file.resourceId()), files.runId());
      known.merge(worker, told, (a, b) -> a.atMillis() > b.atMillis() ? a : b);
    } catch (IOException | RuntimeException e) {
      // Half written, or deleted since it was listed: the next look finds the newer one.
      log.debug("{} cannot be read", file.resourceId(), e);
    }
  }

  /** What all of them have read. */
  public ReadMonitor.Snapshot read() {
    long tasks = 0;
    long failed = 0;
    List<RlmFailure> failures = new ArrayList<>();
    for (WorkerSnapshot each : known.values()) {
      tasks += each.read().tasks();
      failed += each.read().failed();
      failures.addAll(each.read().firstFailures());
    }
    return new ReadMonitor.Snapshot(tasks, failed, failures);
  }

  /** How far their elements are. */
  public RunSnapshot rlm() {
    return sum(known.values());
  }

  private RunSnapshot sum(Collection<WorkerSnapshot> all) {
    long begun = 0;
    int inFlight = 0;
    long answered = 0;
    long failed = 0;
    long calls = 0;
    Map<FailureClass, Long> classes = new EnumMap<>(FailureClass.class);
    List<RlmFailure> failures = new ArrayList<>();
    ModelUsage usage = ModelUsage.NONE;
    Optional<String> refusal = Optional.empty();
    boolean brake = false;
    boolean stopped = false;
    Set<String> notices = new LinkedHashSet<>();
    for (WorkerSnapshot each : all) {
      RunSnapshot rlm = each.rlm();
      begun += rlm.begun();
      inFlight += lookedMillis - each.atMillis() > SILENT_MILLIS ? 0 : rlm.inFlight();
      answered += rlm.answered();
      failed += rlm.failed();
      calls += rlm.modelCalls();
      rlm.failuresByClass().forEach((kind, count) -> classes.merge(kind, count, Long::sum));
      failures.addAll(rlm.firstFailures());
      usage = usage.plus(rlm.usage());
      refusal = refusal.isPresent() ? refusal : rlm.refusal();
      brake |= rlm.brakeReached();
      stopped |= rlm.stopped();
      notices.addAll(rlm.notices());
    }
    return new RunSnapshot(
        begun,
        inFlight,
        answered,
        failed,
        classes,
        failures,
        calls,
        usage,
        refusal,
        brake,
        stopped,
        List.copyOf(notices));
  }
}
