package dev.rlmbeam.pipelines.report;

import dev.rlmbeam.transforms.RlmFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How much of the input this JVM has read for a run, for a person's eyes; nothing that is written
 * depends on it. Thread-safe.
 */
public final class ReadMonitor {
  private static final int FIRST_FAILURES = 5;
  private static final ConcurrentHashMap<String, ReadMonitor> RUNS = new ConcurrentHashMap<>();

  private long tasks;
  private long failed;
  private final List<RlmFailure> firstFailures = new ArrayList<>();

  private ReadMonitor() {}

  /**
   * A look at it.
   *
   * @param tasks rows that became tasks
   * @param failed rows that became failures
   * @param firstFailures the first five of them, oldest first
   */
  public record Snapshot(long tasks, long failed, List<RlmFailure> firstFailures) {
    public Snapshot {
      firstFailures = List.copyOf(firstFailures);
    }
  }

  /** The monitor of a run, made when it is first asked for. */
  public static ReadMonitor of(String runId) {
    return RUNS.computeIfAbsent(runId, id -> new ReadMonitor());
  }

  /** Forgets a run. */
  public static void end(String runId) {
    RUNS.remove(runId);
  }

  /** How much was read up to now. */
  public synchronized Snapshot snapshot() {
    return new Snapshot(tasks, failed, firstFailures);
  }

  /** A row has become a task. */
  public synchronized void read() {
    tasks++;
  }

  /** A row that had become a task becomes a failure after all. */
  public synchronized void replace(RlmFailure failure) {
    tasks--;
    fail(failure);
  }

  /** A row that had become a task is not meant after all. */
  public synchronized void drop() {
    tasks--;
  }

  /** A row has become a failure. */
  public synchronized void fail(RlmFailure failure) {
    failed++;
    if (firstFailures.size() < FIRST_FAILURES) {
      firstFailures.add(failure);
    }
  }
}
