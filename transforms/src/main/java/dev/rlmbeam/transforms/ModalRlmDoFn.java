package dev.rlmbeam.transforms;

import dev.rlmbeam.transforms.BundleElements.Emission;
import dev.rlmbeam.transforms.rlm.StopReason;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.TupleTag;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Runs an RLM over each task, many at a time.
 *
 * <p>Bundles are the runner's and may hold one element or a whole partition; concurrency is that of
 * the {@link WorkerRuntime}, which all instances on a worker share. An element is handed over when
 * there is a slot for it; while waiting for one, and for the next element, what has finished is
 * emitted. Emission, counters and logs happen on the bundle's thread alone. Results keep the
 * timestamp and the windows of their task; the pane is not kept.
 *
 * <p>One thread at a time, as Beam promises. Opens nothing in setup: the runtime opens sandboxes
 * when the first element comes, and closes them after the last instance is gone.
 */
public final class ModalRlmDoFn extends DoFn<RlmTask, RlmResult> {
  private static final long serialVersionUID = 1L;

  /** Tasks that were answered: the main output. */
  static final TupleTag<RlmResult> RESULTS = new TupleTag<>("results") {};

  /** Tasks that were not. */
  static final TupleTag<RlmFailure> FAILURES = new TupleTag<>("failures") {};

  private static final long SLOT_WAIT_MILLIS = 20;

  /** How long a bundle that only waits keeps to itself that it is throttled. */
  private static final long REPORT_NANOS = 1_000_000_000;

  /**
   * Past its own deadline an element may take so long to stop: a block's grace, a session's end.
   */
  private static final java.time.Duration STOP = java.time.Duration.ofSeconds(30);

  /** Only to ask a receiver for the windows of the element at hand. */
  private static final RlmResult NOBODY =
      new RlmResult("", "", StopReason.ANSWERED, 0, 0, Map.of(), 0, 0, "");

  private final RlmConfiguration config;
  private final long stopNanos;
  private final RlmMetrics metrics = new RlmMetrics();

  private transient @Nullable WorkerRuntime sharedRuntime;
  private transient @Nullable BundleElements currentBundle;

  ModalRlmDoFn(RlmConfiguration config) {
    this(config, STOP);
  }

  ModalRlmDoFn(RlmConfiguration config, java.time.Duration stop) {
    this.config = config;
    this.stopNanos = stop.toNanos();
  }

  @Setup
  public void setUp() {
    sharedRuntime = WorkerRuntimes.acquire(config);
  }

  @StartBundle
  public void startBundle() {
    cancelLeftovers();
    currentBundle = new BundleElements();
  }

  // No window parameter: with one, the runner would call this once a window, and each call is a
  // paid run.
  @ProcessElement
  public void process(@Element RlmTask task, @Timestamp Instant timestamp, MultiOutputReceiver out)
      throws InterruptedException {
    Collection<? extends BoundedWindow> windows =
        List.copyOf(out.get(RESULTS).builder(NOBODY).getWindows());
    BundleElements bundle = bundle();
    WorkerRuntime runtime = runtime();
    ElementSlots.Request slot = runtime.request(task);
    boolean started = false;
    try {
      boolean held = false;
      while (!held) {
        emitFinished(bundle, out);
        metrics.throttled(runtime.takeThrottledMillis());
        held = slot.await(SLOT_WAIT_MILLIS);
        Finished refused = runtime.refuse(task);
        if (refused != null) {
          emit(new Emission(refused, timestamp, windows), out);
          return;
        }
        // Elements that hang give their slots back here: others wait for them.
        bundle.giveUpOverdue(runtime, limitNanos()).forEach(overdue -> emit(overdue, out));
      }
      started = true;
      bundle.start(runtime, task, slot, timestamp, windows);
    } catch (InterruptedException | RuntimeException e) {
      bundle.cancel();
      throw e;
    } finally {
      if (!started) {
        slot.release();
      }
    }
  }

  @FinishBundle
  public void finishBundle(FinishBundleContext context) throws InterruptedException {
    BundleElements bundle = bundle();
    long limit = limitNanos();
    try {
      while (!bundle.isEmpty()) {
        long wait = Math.max(0, bundle.nanosToFirstDeadline(limit));
        Emission next = bundle.poll(Math.min(wait, REPORT_NANOS));
        metrics.throttled(runtime().takeThrottledMillis());
        if (next != null) {
          emit(next, context);
        } else {
          bundle.giveUpOverdue(runtime(), limit).forEach(overdue -> emit(overdue, context));
        }
      }
    } catch (InterruptedException | RuntimeException e) {
      bundle.cancel();
      throw e;
    }
  }

  @Teardown
  public void tearDown() {
    cancelLeftovers();
    if (sharedRuntime != null) {
      sharedRuntime = null;
      WorkerRuntimes.release(config);
    }
  }

  /** What an aborted bundle left under way: the runner will bring those elements again. */
  private void cancelLeftovers() {
    if (currentBundle != null) {
      currentBundle.cancel();
      currentBundle = null;
    }
  }

  private void emitFinished(BundleElements bundle, MultiOutputReceiver out)
      throws InterruptedException {
    for (Emission next = bundle.poll(0); next != null; next = bundle.poll(0)) {
      emit(next, out);
    }
  }

  private void emit(Emission emission, MultiOutputReceiver out) {
    metrics.count(emission.finished());
    if (emission.finished() instanceof Finished.Result result) {
      out.get(RESULTS)
          .outputWindowedValue(
              result.value(), emission.timestamp(), emission.windows(), PaneInfo.NO_FIRING);
    } else if (emission.finished() instanceof Finished.Failure failure) {
      out.get(FAILURES)
          .outputWindowedValue(
              failure.value(), emission.timestamp(), emission.windows(), PaneInfo.NO_FIRING);
    }
  }

  private void emit(Emission emission, FinishBundleContext context) {
    metrics.count(emission.finished());
    for (BoundedWindow window : emission.windows()) {
      if (emission.finished() instanceof Finished.Result result) {
        context.output(RESULTS, result.value(), emission.timestamp(), window);
      } else if (emission.finished() instanceof Finished.Failure failure) {
        context.output(FAILURES, failure.value(), emission.timestamp(), window);
      }
    }
  }

  /**
   * Results come out while later elements are handed in, so their timestamps may be earlier than
   * the current element's. The runner holds the watermark for the bundle, so none of them is late.
   */
  @Override
  @SuppressWarnings("deprecation") // Beam offers nothing else for it.
  public Duration getAllowedTimestampSkew() {
    return Duration.millis(Long.MAX_VALUE);
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder
        .add(DisplayData.item("model", config.rootModel().modelName()))
        .add(DisplayData.item("subModel", config.subModel().modelName()))
        .add(DisplayData.item("isolation", config.isolation().name()))
        .add(DisplayData.item("maxInFlight", config.maxInFlight()))
        .add(DisplayData.item("maxTurns", config.settings().maxTurns()))
        .add(DisplayData.item("maxSubCalls", config.settings().maxSubCalls()))
        .add(DisplayData.item("elementTimeout", config.settings().elementTimeout().toString()))
        .add(DisplayData.item("runId", config.runId()));
  }

  /** From an element's start to the moment that nobody waits for it any more. */
  private long limitNanos() {
    return config.settings().elementTimeout().toNanos() + stopNanos;
  }

  private WorkerRuntime runtime() {
    if (sharedRuntime == null) {
      throw new IllegalStateException("call setUp() first");
    }
    return sharedRuntime;
  }

  private BundleElements bundle() {
    if (currentBundle == null) {
      throw new IllegalStateException("call startBundle() first");
    }
    return currentBundle;
  }
}
