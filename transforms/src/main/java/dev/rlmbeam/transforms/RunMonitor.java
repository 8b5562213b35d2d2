package dev.rlmbeam.transforms;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.rlmbeam.transforms.model.CallBudget;
import dev.rlmbeam.transforms.model.ModelUsage;
import dev.rlmbeam.transforms.model.Throttle;
import dev.rlmbeam.transforms.rlm.FailureClass;
import dev.rlmbeam.transforms.rlm.TurnWatcher;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this JVM knows of one run, and its stop switch. A launcher in the same JVM shows progress
 * from it and stops the run with it; nothing that is written depends on it.
 *
 * <p>Thread-safe.
 */
public final class RunMonitor {
  private static final int FIRST_FAILURES = 5;
  private static final ConcurrentHashMap<String, RunMonitor> RUNS = new ConcurrentHashMap<>();

  private final String runId;

  @GuardedBy("this")
  private long begun;

  @GuardedBy("this")
  private int inFlight;

  @GuardedBy("this")
  private long answered;

  @GuardedBy("this")
  private final Map<FailureClass, Long> failures = new EnumMap<>(FailureClass.class);

  @GuardedBy("this")
  private final List<RlmFailure> firstFailures = new ArrayList<>();

  @GuardedBy("this")
  private ModelUsage usage = ModelUsage.NONE;

  @GuardedBy("this")
  private final Set<String> notices = new LinkedHashSet<>();

  @GuardedBy("this")
  private final List<Runnable> stopActions = new ArrayList<>();

  @GuardedBy("this")
  private final Map<String, CallBudget> budgets = new HashMap<>();

  @GuardedBy("this")
  private final Map<String, RlmFailure> latched = new LinkedHashMap<>();

  private final ConcurrentHashMap<String, Throttle> throttles = new ConcurrentHashMap<>();
  private volatile TurnWatcher watcher = TurnWatcher.none();
  private volatile boolean brakeReached;
  private volatile boolean stopped;

  private RunMonitor(String runId) {
    this.runId = runId;
  }

  /** The monitor of a run, made when it is first asked for. */
  public static RunMonitor of(String runId) {
    return RUNS.computeIfAbsent(runId, RunMonitor::new);
  }

  /** How far the run has come here. */
  public synchronized RunSnapshot snapshot() {
    Optional<String> refusal =
        latched.values().stream()
            .filter(failure -> failure.errorClass() == FailureClass.MODEL_REFUSED)
            .map(RlmFailure::message)
            .findFirst();
    return new RunSnapshot(
        begun,
        inFlight,
        answered,
        failures.values().stream().mapToLong(Long::longValue).sum(),
        failures,
        firstFailures,
        usage.calls(),
        usage,
        refusal,
        brakeReached,
        stopped,
        List.copyOf(notices));
  }

  /**
   * Ends the run early: no element begins any more, those in flight are cancelled, and all of them
   * come out as failures, so that the pipeline runs to its end and writes what is finished. Returns
   * at once. Idempotent.
   */
  public void stop() {
    List<Runnable> actions;
    synchronized (this) {
      if (stopped) {
        return;
      }
      stopped = true;
      actions = List.copyOf(stopActions);
    }
    actions.forEach(Runnable::run);
  }

  /**
   * Closes what the run has open in this JVM (sandboxes, clients, threads) and forgets it. For the
   * end of a job in one's own JVM, where there is no reason to wait for the grace. Returns within a
   * few seconds.
   */
  public void end() {
    WorkerRuntimes.closeRun(runId);
    RUNS.remove(runId, this);
  }

  /** Has the run's elements seen as they happen in this JVM; set before the run begins. */
  public void watch(TurnWatcher seeing) {
    watcher = seeing;
  }

  TurnWatcher watcher() {
    return watcher;
  }

  boolean stopped() {
    return stopped;
  }

  /** The failure that every further element of the transform would meet, if one was met. */
  synchronized Optional<RlmFailure> latched(String transform) {
    return Optional.ofNullable(latched.get(transform));
  }

  /**
   * The model calls that the transform may make in this JVM. Kept here and not with what makes the
   * calls, because that is closed and opened again in the middle of a run, and what was paid stays
   * paid.
   */
  synchronized CallBudget budget(RlmConfiguration config) {
    return budgets.computeIfAbsent(
        config.key(),
        key ->
            config.runMaxModelCalls() == 0
                ? CallBudget.unlimited()
                : CallBudget.of(config.runMaxModelCalls()));
  }

  /** The waits of the transform's calls for rate limits, in this JVM. */
  Throttle throttle(String transform) {
    return throttles.computeIfAbsent(transform, key -> new Throttle());
  }

  synchronized void onStop(Runnable action) {
    stopActions.add(action);
  }

  synchronized void removeOnStop(Runnable action) {
    stopActions.remove(action);
  }

  synchronized void notice(String line) {
    notices.add(line);
  }

  synchronized void begin() {
    begun++;
    inFlight++;
  }

  synchronized void finish(Finished finished) {
    inFlight--;
    count(finished);
  }

  /** A failure without a slot: the element was never begun. */
  synchronized void count(Finished finished) {
    if (finished instanceof Finished.Failure failure) {
      RlmFailure value = failure.value();
      failures.merge(value.errorClass(), 1L, Long::sum);
      if (firstFailures.size() < FIRST_FAILURES) {
        firstFailures.add(value);
      }
      if (value.errorClass() == FailureClass.RUN_LIMIT) {
        brakeReached = true;
      }
    } else {
      answered++;
    }
  }

  synchronized void use(ModelUsage more) {
    usage = usage.plus(more);
  }

  /**
   * Keeps a failure that every other element of the transform would meet too, so that no more of
   * them is begun. Another transform of the run has its own models.
   */
  synchronized void latch(String transform, RlmFailure failure) {
    latched.putIfAbsent(transform, failure);
  }
}
