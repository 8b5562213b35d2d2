package dev.rlmbeam.pipelines.flink;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process of a cluster, told from others that get the same number later by when it began.
 * Immutable.
 *
 * @param pid its number
 * @param startedMillis when it began, since the epoch; 0 where the system does not tell
 */
record ClusterProcess(long pid, long startedMillis) {

  static ClusterProcess of(ProcessHandle handle) {
    return new ClusterProcess(handle.pid(), started(handle));
  }

  private static long started(ProcessHandle handle) {
    return handle.info().startInstant().map(instant -> instant.toEpochMilli()).orElse(0L);
  }

  /** The process, if it is still there. */
  private Optional<ProcessHandle> handle() {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(this::isSame);
  }

  /** The time since the epoch is reckoned by a clock that may have been set meanwhile. */
  private boolean isSame(ProcessHandle handle) {
    return startedMillis == 0
        || started(handle) == startedMillis
        || handle.info().commandLine().orElse("").contains("org.apache.flink.runtime.");
  }

  boolean alive() {
    return handle().isPresent();
  }

  /** Asks it to end. Returns at once. */
  void ask() {
    handle().ifPresent(ProcessHandle::destroy);
  }

  /** Asks it to end, and ends it if it does not within a time. Returns when it is gone. */
  void end(Duration grace) throws InterruptedException {
    Optional<ProcessHandle> found = handle();
    if (found.isEmpty()) {
      return;
    }
    ProcessHandle process = found.get();
    boolean asked = process.destroy();
    if (!asked || !waitFor(process, grace)) {
      boolean unused = process.destroyForcibly();
      waitFor(process, grace);
    }
  }

  private static boolean waitFor(ProcessHandle process, Duration time) throws InterruptedException {
    try {
      process.onExit().get(time.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the end of a process cannot be waited for", e);
    }
  }
}
