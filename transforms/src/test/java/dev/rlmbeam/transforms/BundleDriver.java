package dev.rlmbeam.transforms;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFn.MultiOutputReceiver;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;

/**
 * Plays a runner for one instance of the DoFn: setup, bundles in any order a test likes, teardown.
 * One thread at a time.
 */
final class BundleDriver {
  final List<RlmResult> results = new ArrayList<>();
  final List<RlmFailure> failures = new ArrayList<>();
  private final ModalRlmDoFn fn;

  BundleDriver(RlmConfiguration config) {
    this.fn = SerializableUtils.clone(new ModalRlmDoFn(config));
    fn.setUp();
  }

  void start() {
    fn.startBundle();
  }

  void process(RlmTask task) throws InterruptedException {
    fn.process(task, Instant.EPOCH, new Receivers());
  }

  void finish() throws InterruptedException {
    fn.finishBundle(new Context(fn));
  }

  void tearDown() {
    fn.tearDown();
  }

  private void take(Object value) {
    if (value instanceof RlmResult result && !result.id().isEmpty()) {
      results.add(result);
    } else if (value instanceof RlmFailure failure) {
      failures.add(failure);
    }
  }

  private final class Receivers implements MultiOutputReceiver {
    @Override
    public <T> OutputReceiver<T> get(TupleTag<T> tag) {
      return value ->
          WindowedValues.<T>builder()
              .setValue(value)
              .setTimestamp(Instant.EPOCH)
              .setWindows(List.of(GlobalWindow.INSTANCE))
              .setPaneInfo(org.apache.beam.sdk.transforms.windowing.PaneInfo.NO_FIRING)
              .setReceiver(windowed -> take(windowed.getValue()));
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
      take(output);
    }

    @Override
    public <T> void output(TupleTag<T> tag, T output, Instant timestamp, BoundedWindow window) {
      take(output);
    }
  }
}
