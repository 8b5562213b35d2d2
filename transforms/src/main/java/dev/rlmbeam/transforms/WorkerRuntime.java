package dev.rlmbeam.transforms;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.transforms.model.ModelException;
import dev.rlmbeam.transforms.rlm.FailureClass;
import dev.rlmbeam.transforms.rlm.Stage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the instances of one transform share on a worker: slots, the element threads, and, through
 * the {@link ElementRunner}, sandboxes and models. One per class loader and transform; see {@link
 * WorkerRuntimes} for its life.
 *
 * <p>Thread-safe.
 */
final class WorkerRuntime {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerRuntime.class);
  private static final AtomicInteger THREADS = new AtomicInteger();

  private final RlmConfiguration config;
  private final RunMonitor monitor;
  private final ElementSlots slots;
  private final Set<InFlight> elements = ConcurrentHashMap.newKeySet();

  /** One object, so that it can be taken off the list again. */
  private final Runnable cancelAll = this::cancel;

  private volatile long lastUsedNanos = System.nanoTime();

  @GuardedBy("this")
  private @Nullable ElementRunner runner;

  @GuardedBy("this")
  private @Nullable ThreadPoolExecutor threads;

  WorkerRuntime(RlmConfiguration config) {
    this.config = config;
    this.monitor = RunMonitor.of(config.runId());
    this.slots = new ElementSlots(config.maxInFlight(), config.maxInFlightMib() * 1024L * 1024);
    monitor.onStop(cancelAll);
  }

  RlmConfiguration config() {
    return config;
  }

  /** Gets in line for a slot. */
  ElementSlots.Request request(RlmTask task) {
    lastUsedNanos = System.nanoTime();
    return slots.request(heapBytes(task.context()));
  }

  /**
   * Starts an element that holds a slot. {@code onDone} is called, and then the slot is given back,
   * exactly once each, on the pool's thread.
   *
   * @param onDone must not throw and must not block
   */
  InFlight start(
      RlmTask task, ElementSlots.Request slot, String affinity, Consumer<Finished> onDone) {
    InFlight element = new InFlight(task);
    elements.add(element);
    monitor.begin();
    try {
      pool().execute(() -> run(element, slot, affinity, onDone));
    } catch (RuntimeException | Error e) {
      elements.remove(element);
      slot.release();
      monitor.finish(new Finished.Failure(failure(task, FailureClass.INTERNAL, String.valueOf(e))));
      throw e;
    }
    if (monitor.stopped()) {
      // The stop may have come between the last look and this element's place on the list.
      element.cancel();
    }
    return element;
  }

  /** The failure that the element would meet for certain, so that it need not be begun; or null. */
  @Nullable Finished refuse(RlmTask task) {
    RlmFailure refusal = null;
    if (monitor.stopped()) {
      refusal = failure(task, FailureClass.CANCELLED, "the run was stopped before this task began");
    } else if (monitor.latched().isPresent()) {
      RlmFailure first = monitor.latched().get();
      refusal =
          failure(
              task,
              first.errorClass(),
              "not begun, because of task " + first.id() + ": " + first.message());
    }
    if (refusal == null) {
      return null;
    }
    Finished finished = new Finished.Failure(refusal);
    monitor.count(finished);
    return finished;
  }

  /** A failure of an element that this runtime has to speak for. */
  RlmFailure failure(RlmTask task, FailureClass errorClass, String message) {
    return new RlmFailure(
        task.id(),
        errorClass,
        message,
        Stage.RUN,
        task.source(),
        0,
        "",
        0,
        0,
        Map.of(),
        0,
        config.runId());
  }

  private void run(
      InFlight element, ElementSlots.Request slot, String affinity, Consumer<Finished> onDone) {
    Finished finished =
        new Finished.Failure(
            failure(
                element.task(), FailureClass.CANCELLED, "cancelled before this task was begun"));
    try {
      if (element.begin()) {
        finished = runner().run(element.task(), affinity);
        if (isForKeeps(finished)) {
          config.resultStore().put(finished.id(), finished);
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("task={} cancelled while the worker was set up", element.task().id());
    } catch (ModelException e) {
      finished = misconfigured(element.task(), FailureClass.MODEL_REFUSED, e);
    } catch (SandboxSetupException e) {
      finished = misconfigured(element.task(), FailureClass.SANDBOX_UNAVAILABLE, e);
    } catch (Throwable e) {
      // Whatever it is, the bundle waits for this element: it gets a failure, and the log gets the
      // trace.
      LOG.error("task={} ended by a fault of this program", element.task().id(), e);
      finished =
          new Finished.Failure(
              failure(
                  element.task(),
                  FailureClass.INTERNAL,
                  "a fault of rlm-beam: " + e + "; see the log"));
    } finally {
      element.end();
      elements.remove(element);
      lastUsedNanos = System.nanoTime();
      monitor.finish(finished);
      // In this order: whoever gets the slot finds what was finished for it.
      onDone.accept(finished);
      slot.release();
    }
  }

  /** The worker itself could not be set up: every other element would meet the same. */
  private Finished misconfigured(RlmTask task, FailureClass errorClass, RuntimeException e) {
    RlmFailure failure = failure(task, errorClass, String.valueOf(e.getMessage()));
    monitor.latch(failure);
    return new Finished.Failure(failure);
  }

  private static boolean isForKeeps(Finished finished) {
    return !(finished instanceof Finished.Failure failed
        && failed.value().errorClass() == FailureClass.CANCELLED);
  }

  private synchronized ThreadPoolExecutor pool() {
    if (threads == null) {
      ClassLoader loader = WorkerRuntime.class.getClassLoader();
      // Unbounded on purpose: the slots are the bound, and a queue here would be a second, hidden
      // one.
      threads =
          new ThreadPoolExecutor(
              0,
              Integer.MAX_VALUE,
              10,
              TimeUnit.SECONDS,
              new SynchronousQueue<>(),
              task -> {
                Thread thread = new Thread(task, "rlm-element-" + THREADS.incrementAndGet());
                thread.setDaemon(true);
                thread.setContextClassLoader(loader);
                return thread;
              });
    }
    return threads;
  }

  private synchronized ElementRunner runner() throws InterruptedException {
    if (runner == null) {
      runner = RlmElementRunner.open(config, monitor);
    }
    return runner;
  }

  /** Cancels every element in flight. Returns at once. */
  void cancel() {
    List.copyOf(elements).forEach(InFlight::cancel);
  }

  /** Nanoseconds since an element was last begun or ended; 0 while one is in flight. */
  long idleNanos() {
    return elements.isEmpty() ? System.nanoTime() - lastUsedNanos : 0;
  }

  /**
   * Ends everything that is open. The runtime can still be used: what is needed is opened again.
   * Returns within a few seconds.
   */
  void close() {
    cancel();
    ThreadPoolExecutor oldThreads;
    ElementRunner oldRunner;
    synchronized (this) {
      oldThreads = threads;
      threads = null;
      oldRunner = runner;
      runner = null;
    }
    if (oldThreads != null) {
      oldThreads.shutdown();
    }
    if (oldRunner != null) {
      oldRunner.close();
    }
    if (oldThreads != null) {
      awaitEnd(oldThreads);
    }
  }

  /** As {@link #close}, for good. */
  void retire() {
    monitor.removeOnStop(cancelAll);
    close();
  }

  private static void awaitEnd(ThreadPoolExecutor pool) {
    try {
      if (!pool.awaitTermination(5, TimeUnit.SECONDS)) {
        LOG.warn("{} element threads did not end within 5 s", pool.getActiveCount());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long heapBytes(RlmContext context) {
    // Two bytes a char is the worst case of a Java string; a reference is streamed and holds
    // nothing.
    return context instanceof RlmContext.Inline inline ? 2L * inline.value().length() : 0;
  }
}
