package dev.rlmbeam.transforms;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFn.MultiOutputReceiver;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;

/**
 * Plays a runner for one instance of the DoFn: setup, bundles in any order a test likes, teardown.
 * Whatever comes out must have the attributes of its task. One thread at a time.
 */
final class BundleDriver {
  final List<RlmResult> results = new ArrayList<>();
  final List<RlmFailure> failures = new ArrayList<>();

  /** Where each came out: {@code id@millis in start of window}. */
  final List<String> places = new ArrayList<>();

  private final Map<String, String> attributes = new HashMap<>();
  private final ModalRlmDoFn fn;

  BundleDriver(RlmConfiguration config) {
    this(new ModalRlmDoFn(config));
  }

  /** A driver of a copy of the DoFn, made as runners make it. */
  BundleDriver(ModalRlmDoFn original) {
    this.fn = SerializableUtils.clone(original);
    fn.setUp();
  }

  void start() {
    fn.startBundle();
  }

  void process(RlmTask task) throws InterruptedException {
    process(task, Instant.EPOCH, List.of(GlobalWindow.INSTANCE));
  }

  void process(RlmTask task, Instant timestamp, List<? extends BoundedWindow> windows)
      throws InterruptedException {
    attributes.put(task.id(), task.attributes());
    fn.process(recoded(RlmTaskCoder.of(), task), timestamp, new Receivers(windows));
  }

  void finish() throws InterruptedException {
    fn.finishBundle(new Context(fn));
  }

  void tearDown() {
    fn.tearDown();
  }

  private void take(Object value, Instant timestamp, Collection<? extends BoundedWindow> windows) {
    String id;
    String taken;
    if (value instanceof RlmResult result) {
      results.add(recoded(RlmResultCoder.of(), result));
      id = result.id();
      taken = result.attributes();
    } else if (value instanceof RlmFailure failure) {
      failures.add(recoded(RlmFailureCoder.of(), failure));
      id = failure.id();
      taken = failure.attributes();
    } else {
      throw new IllegalArgumentException("nothing that the DoFn emits: " + value);
    }
    if (!taken.equals(attributes.get(id))) {
      throw new IllegalStateException(id + " came out with '" + taken + "'");
    }
    for (BoundedWindow window : windows) {
      places.add(id + "@" + timestamp.getMillis() + " in " + window);
    }
  }

  private static <T> T recoded(Coder<T> coder, T value) {
    try {
      return CoderUtils.clone(coder, value);
    } catch (CoderException e) {
      throw new IllegalStateException(e);
    }
  }

  private final class Receivers implements MultiOutputReceiver {
    private final List<? extends BoundedWindow> windows;

    private Receivers(List<? extends BoundedWindow> windows) {
      this.windows = windows;
    }

    @Override
    public <T> OutputReceiver<T> get(TupleTag<T> tag) {
      return value ->
          WindowedValues.<T>builder()
              .setValue(value)
              .setTimestamp(Instant.EPOCH)
              .setWindows(windows)
              .setPaneInfo(org.apache.beam.sdk.transforms.windowing.PaneInfo.NO_FIRING)
              .setReceiver(
                  windowed ->
                      take(windowed.getValue(), windowed.getTimestamp(), windowed.getWindows()));
    }

    @Override
    public <T> OutputReceiver<Row> getRowReceiver(TupleTag<T> tag) {
      throw new IllegalStateException("the DoFn emits no rows");
    }
  }

  private final class Context extends DoFn<RlmTask, RlmResult>.FinishBundleContext {
    private Context(DoFn<RlmTask, RlmResult> owner) {
      owner.super();
    }

    @Override
    public PipelineOptions getPipelineOptions() {
      return PipelineOptionsFactory.create();
    }

    @Override
    public void output(RlmResult output, Instant timestamp, BoundedWindow window) {
      take(output, timestamp, List.of(window));
    }

    @Override
    public <T> void output(TupleTag<T> tag, T output, Instant timestamp, BoundedWindow window) {
      take(output, timestamp, List.of(window));
    }
  }
}
