package dev.rlmbeam.transforms;

import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;

/** Spreads tasks over the workers; timestamps and windows stay as they are. */
final class SpreadTasks extends PTransform<PCollection<RlmTask>, PCollection<RlmTask>> {
  private static final long serialVersionUID = 1L;
  private static final int GROUPS = 16;

  private final Spread spread;

  SpreadTasks(Spread spread) {
    this.spread = spread;
  }

  @Override
  public PCollection<RlmTask> expand(PCollection<RlmTask> tasks) {
    return switch (resolve(tasks)) {
      case GROUPS -> group(tasks);
      case RESHUFFLE -> tasks.apply(Reshuffle.viaRandomKey());
      case NONE, AUTO -> tasks;
    };
  }

  private Spread resolve(PCollection<RlmTask> tasks) {
    if (spread != Spread.AUTO) {
      return spread;
    }
    boolean direct =
        tasks.getPipeline().getOptions().getRunner().getSimpleName().equals("DirectRunner");
    return direct && tasks.isBounded() == IsBounded.BOUNDED ? Spread.GROUPS : Spread.RESHUFFLE;
  }

  /**
   * Whole windowed values are grouped in the global window, so that a task in several windows stays
   * one element: Reshuffle would make it one a window, and each of them a paid run.
   */
  private static PCollection<RlmTask> group(PCollection<RlmTask> tasks) {
    WindowingStrategy<?, ?> windowing = tasks.getWindowingStrategy();
    return tasks
        .apply("Key", ParDo.of(new KeyFn()))
        .setCoder(
            KvCoder.of(
                VarIntCoder.of(),
                WindowedValues.getFullCoder(
                    RlmTaskCoder.of(), windowing.getWindowFn().windowCoder())))
        // The earliest timestamp, so that the watermark waits for the elements behind the group:
        // with
        // the end of the window as timestamp all of them would be late, and dropped further on.
        .apply(
            "Globally",
            Window.<KV<Integer, WindowedValue<RlmTask>>>into(new GlobalWindows())
                .withTimestampCombiner(TimestampCombiner.EARLIEST))
        .apply("Group", GroupByKey.create())
        .apply("Flatten", ParDo.of(new FlattenFn()))
        .setWindowingStrategyInternal(windowing)
        .setCoder(RlmTaskCoder.of());
  }

  private static final class KeyFn extends DoFn<RlmTask, KV<Integer, WindowedValue<RlmTask>>> {
    private static final long serialVersionUID = 1L;

    // Without a window parameter, so that the runner does not take the element apart by windows.
    @ProcessElement
    public void process(
        @Element RlmTask task,
        @Timestamp Instant timestamp,
        OutputReceiver<KV<Integer, WindowedValue<RlmTask>>> out) {
      int key = Math.floorMod(task.id().hashCode(), GROUPS);
      Collection<? extends BoundedWindow> windows =
          List.copyOf(
              out.builder(KV.of(key, WindowedValues.valueInGlobalWindow(task))).getWindows());
      // In one of its windows only: re-windowing would make it one element for each.
      out.outputWindowedValue(
          KV.of(key, WindowedValues.of(task, timestamp, windows, PaneInfo.NO_FIRING)),
          timestamp,
          List.of(windows.iterator().next()),
          PaneInfo.NO_FIRING);
    }
  }

  private static final class FlattenFn
      extends DoFn<KV<Integer, Iterable<WindowedValue<RlmTask>>>, RlmTask> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<Integer, Iterable<WindowedValue<RlmTask>>> group, OutputReceiver<RlmTask> out) {
      for (WindowedValue<RlmTask> each : group.getValue()) {
        out.outputWindowedValue(
            each.getValue(), each.getTimestamp(), each.getWindows(), PaneInfo.NO_FIRING);
      }
    }
  }
}
