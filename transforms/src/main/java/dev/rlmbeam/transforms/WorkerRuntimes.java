package dev.rlmbeam.transforms;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker runtimes of this class loader, counted by the DoFn instances that use them. A runtime
 * that nobody uses any more is closed after a grace, because runners drop all instances and make
 * new ones in the middle of a job; one that has been idle for long is closed as well, because a
 * teardown may be missed.
 *
 * <p>Thread-safe.
 */
final class WorkerRuntimes {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerRuntimes.class);
  private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final WorkerRuntimes INSTANCE = new WorkerRuntimes();

  @GuardedBy("this")
  private final Map<String, Entry> entries = new HashMap<>();

  @GuardedBy("this")
  private @Nullable ScheduledThreadPoolExecutor housekeeper;

  private WorkerRuntimes() {}

  private static final class Entry {
    private final WorkerRuntime runtime;
    private int users;
    private @Nullable ScheduledFuture<?> closing;
    private @Nullable Future<?> watchdog;

    private Entry(WorkerRuntime runtime) {
      this.runtime = runtime;
    }
  }

  /** The runtime of a transform, with one more user. Opens nothing. */
  static WorkerRuntime acquire(RlmConfiguration config) {
    return INSTANCE.add(config);
  }

  /**
   * One user less. After the last one, without a grace, it returns when everything is closed, or
   * after some seconds: a runner that takes the classes of a job away when its last task has ended
   * would leave nothing to close it with.
   */
  static void release(RlmConfiguration config) {
    Future<?> closing = INSTANCE.remove(config);
    if (closing != null && config.closeGrace().isZero()) {
      awaitEnd(closing);
    }
  }

  /** A task that is cancelled is interrupted, and what it has open is to be closed all the same. */
  private static void awaitEnd(Future<?> closing) {
    long deadline = System.nanoTime() + CLOSE_NANOS;
    boolean interrupted = false;
    while (true) {
      try {
        closing.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (CancellationException e) {
        break; // it has a user again
      } catch (ExecutionException | TimeoutException e) {
        LOG.warn("what a worker had open may be left open", e);
        break;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Closes the runtimes of a run at once, whoever uses them. */
  static void closeRun(String runId) {
    INSTANCE.close(runId);
  }

  private synchronized WorkerRuntime add(RlmConfiguration config) {
    Entry entry = entries.computeIfAbsent(key(config), key -> new Entry(new WorkerRuntime(config)));
    entry.users++;
    if (entry.closing != null) {
      entry.closing.cancel(false);
      entry.closing = null;
    }
    if (entry.watchdog == null) {
      entry.watchdog =
          housekeeper()
              .scheduleWithFixedDelay(() -> closeIfIdle(entry.runtime), 1, 1, TimeUnit.MINUTES);
    }
    return entry.runtime;
  }

  private synchronized @Nullable Future<?> remove(RlmConfiguration config) {
    Entry entry = entries.get(key(config));
    if (entry == null || --entry.users > 0) {
      return null;
    }
    long grace = config.closeGrace().toMillis();
    entry.closing = housekeeper().schedule(() -> expire(key(config)), grace, TimeUnit.MILLISECONDS);
    return entry.closing;
  }

  private void expire(String key) {
    WorkerRuntime unused;
    synchronized (this) {
      Entry entry = entries.get(key);
      if (entry == null || entry.users > 0) {
        return;
      }
      entry.closing = null; // it is this one, which somebody may wait for
      unused = discard(key, entry);
    }
    unused.retire();
  }

  private void close(String runId) {
    List<WorkerRuntime> ended = new ArrayList<>();
    synchronized (this) {
      for (Map.Entry<String, Entry> each : List.copyOf(entries.entrySet())) {
        if (each.getValue().runtime.config().runId().equals(runId)) {
          ended.add(discard(each.getKey(), each.getValue()));
        }
      }
    }
    ended.forEach(WorkerRuntime::retire);
  }

  private static String key(RlmConfiguration config) {
    return config.runId() + "/" + config.key();
  }

  @GuardedBy("this")
  private WorkerRuntime discard(String key, Entry entry) {
    entries.remove(key);
    if (entry.closing != null) {
      entry.closing.cancel(false);
    }
    if (entry.watchdog != null) {
      entry.watchdog.cancel(false);
    }
    if (entries.isEmpty() && housekeeper != null) {
      housekeeper.shutdown();
      housekeeper = null;
    }
    return entry.runtime;
  }

  private static void closeIfIdle(WorkerRuntime runtime) {
    if (runtime.closeIfIdle(IDLE_NANOS)) {
      LOG.info("run={} was idle; what it had open is closed", runtime.config().runId());
    }
  }

  @GuardedBy("this")
  private ScheduledThreadPoolExecutor housekeeper() {
    if (housekeeper == null) {
      housekeeper =
          new ScheduledThreadPoolExecutor(
              1,
              task -> {
                Thread thread = new Thread(task, "rlm-housekeeper");
                thread.setDaemon(true);
                thread.setContextClassLoader(WorkerRuntimes.class.getClassLoader());
                return thread;
              });
      housekeeper.setRemoveOnCancelPolicy(true);
    }
    return housekeeper;
  }
}
