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

  private final RlmConfiguration config;
  private final RunMonitor monitor;
  private final ElementSlots slots;
  private final WorkerParts parts;
  private final Set<InFlight> elements = ConcurrentHashMap.newKeySet();

  /** One object, so that it can be taken off the list again. */
  private final Runnable cancelAll = this::cancel;

  @GuardedBy("this")
  private long lastUsedNanos = System.nanoTime();

  WorkerRuntime(RlmConfiguration config) {
    this.config = config;
    this.monitor = RunMonitor.of(config.runId());
    this.slots = new ElementSlots(config.maxInFlight(), config.maxInFlightMib() * 1024L * 1024);
    this.parts = new WorkerParts(() -> RlmElementRunner.open(config, monitor));
    monitor.onStop(cancelAll);
  }

  RlmConfiguration config() {
    return config;
  }

  /** Milliseconds that calls have waited for rate limits since the last time. */
  long takeThrottledMillis() {
    return monitor.throttle(config.key()).takeMillis();
  }

  /** Gets in line for a slot. */
  ElementSlots.Request request(RlmTask task) {
    return slots.request(ContextBytes.held(task.context()));
  }

  /**
   * What became of an element, on its way to the bundle.
   *
   * @param storeFault why it could not be kept, if it could not; then it must not be emitted
   */
  record Completion(Finished finished, @Nullable RuntimeException storeFault) {}

  /**
   * Starts an element that holds a slot. {@code onDone} is called once, unless {@link #giveUp}
   * comes first, and then the slot is given back, on the pool's thread.
   *
   * @param onDone must not throw and must not block
   */
  InFlight start(
      RlmTask task, ElementSlots.Request slot, String affinity, Consumer<Completion> onDone) {
    InFlight element = new InFlight(task);
    // Under the lock that closeIfIdle takes, so that what it looks at and what it closes is the
    // same moment.
    synchronized (this) {
      elements.add(element);
      lastUsedNanos = System.nanoTime();
    }
    monitor.begin();
    try {
      parts.threads().execute(() -> run(element, slot, affinity, onDone));
    } catch (RuntimeException | Error e) {
      ended(element);
      slot.release();
      monitor.finish(new Finished.Failure(failure(task, FailureClass.INTERNAL, String.valueOf(e))));
      throw e;
    }
    if (monitor.stopped() || parts.retired()) {
      // The end may have come between the last look and this element's place on the list.
      element.cancel();
    }
    return element;
  }

  /** The failure that the element would meet for certain, so that it need not be begun; or null. */
  @Nullable Finished refuse(RlmTask task) {
    RlmFailure refusal = null;
    if (monitor.stopped()) {
      refusal = failure(task, FailureClass.CANCELLED, "the run was stopped before this task began");
    } else if (monitor.latched(config.key()).isPresent()) {
      RlmFailure first = monitor.latched(config.key()).get();
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
    keep(finished);
    return finished;
  }

  /** Makes a failure of an element that hangs; null when it has just ended by itself. */
  @Nullable Finished giveUp(InFlight element, ElementSlots.Request slot) {
    if (!element.claim()) {
      return null;
    }
    element.cancel();
    slot.release();
    RlmFailure overdue =
        new RlmFailure(
            element.task().id(),
            FailureClass.DEADLINE,
            "did not end within its elementTimeout and could not be stopped in time; raise"
                + " --elementTimeout, or look for what hangs in its trajectory",
            Stage.RUN,
            element.task().source(),
            element.meter().attempts(),
            "",
            0,
            0,
            element.meter().usage(),
            (System.nanoTime() - element.startedNanos()) / 1e9,
            config.runId(),
            WorkerId.current(),
            element.task().attributes());
    Finished finished = new Finished.Failure(overdue);
    monitor.finish(finished);
    keep(finished);
    return finished;
  }

  /** A failure of an element that this runtime has to speak for. */
  private RlmFailure failure(RlmTask task, FailureClass errorClass, String message) {
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
        config.runId(),
        WorkerId.current(),
        task.attributes());
  }

  private void run(
      InFlight element, ElementSlots.Request slot, String affinity, Consumer<Completion> onDone) {
    try {
      Finished finished = finish(element, affinity);
      element.end();
      complete(element, finished, onDone);
    } finally {
      // In this order: whoever gets the slot finds what was finished for it.
      ended(element);
      slot.release();
    }
  }

  /** Runs the element; whatever happens, the bundle waits for it, so something comes of it. */
  private Finished finish(InFlight element, String affinity) {
    RlmTask task = element.task();
    if (!element.begin()) {
      return cancelled(task);
    }
    ElementRunner runner;
    try {
      runner = parts.runner();
    } catch (InterruptedException e) {
      LOG.debug("task={} cancelled while the worker was set up", task.id());
      return cancelled(task);
    } catch (ModelException e) {
      return misconfigured(task, FailureClass.MODEL_REFUSED, String.valueOf(e.getMessage()));
    } catch (SandboxSetupException e) {
      return misconfigured(task, FailureClass.SANDBOX_UNAVAILABLE, String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) {
      LOG.error("run={} its worker could not be set up", config.runId(), e);
      return misconfigured(
          task, FailureClass.INTERNAL, "the worker could not be set up: " + e + "; see the log");
    }
    try {
      return runner.run(element, affinity);
    } catch (RuntimeException | Error e) {
      LOG.error("task={} ended by a fault of this program", task.id(), e);
      return new Finished.Failure(
          failure(task, FailureClass.INTERNAL, "a fault of rlm-beam: " + e + "; see the log"));
    }
  }

  /** Says what became of the element, unless the bundle has given it up: the first word counts. */
  private void complete(InFlight element, Finished finished, Consumer<Completion> onDone) {
    if (!element.claim()) {
      LOG.warn("task={} ended after it was given up as overdue", element.task().id());
      return;
    }
    RuntimeException storeFault = null;
    try {
      keep(finished);
    } catch (RuntimeException e) {
      storeFault = e;
    } catch (Error e) {
      storeFault = new IllegalStateException("the result store failed: " + e, e);
    }
    monitor.finish(finished);
    onDone.accept(new Completion(finished, storeFault));
  }

  private Finished cancelled(RlmTask task) {
    return new Finished.Failure(
        failure(task, FailureClass.CANCELLED, "cancelled before this task was begun"));
  }

  /** The worker itself could not be set up: every other element would meet the same. */
  private Finished misconfigured(RlmTask task, FailureClass errorClass, String message) {
    RlmFailure failure = failure(task, errorClass, message);
    monitor.latch(config.key(), failure);
    return new Finished.Failure(failure);
  }

  /** Whatever is emitted is kept first; what was cancelled is not finished. */
  private void keep(Finished finished) {
    boolean cancelled =
        finished instanceof Finished.Failure failed
            && failed.value().errorClass() == FailureClass.CANCELLED;
    if (!cancelled) {
      config.resultStore().put(finished.id(), finished);
    }
  }

  private synchronized void ended(InFlight element) {
    elements.remove(element);
    lastUsedNanos = System.nanoTime();
  }

  /** Cancels every element in flight. Returns at once. */
  void cancel() {
    List.copyOf(elements).forEach(InFlight::cancel);
  }

  /**
   * As {@link #close}, if no element is in flight and none has ended in the last nanoseconds. An
   * element that starts meanwhile finds everything closed and opens it again.
   */
  boolean closeIfIdle(long nanos) {
    Runnable closing;
    synchronized (this) {
      if (!elements.isEmpty() || System.nanoTime() - lastUsedNanos < nanos) {
        return false;
      }
      closing = parts.detach(false);
    }
    closing.run();
    return true;
  }

  /**
   * Ends everything that is open, within a few seconds. The runtime can be used again all the same.
   */
  void close() {
    close(false);
  }

  /** As {@link #close}, for good. */
  void retire() {
    monitor.removeOnStop(cancelAll);
    close(true);
  }

  private void close(boolean forGood) {
    Runnable closing = parts.detach(forGood);
    cancel();
    closing.run();
  }
}
