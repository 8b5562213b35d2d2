package dev.rlmbeam.transforms;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.transforms.model.testing.ModelServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Logger;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Distinct;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The transform on the Direct runner, with the real agent and a model behind HTTP. */
@Timeout(300)
class RlmTransformTest {
  /** The full proof runs 5,000; see {@code ./rlm prove spine}. */
  private static final int ELEMENTS = Integer.getInteger("rlm.prove.elements", 128);

  private static final int SLOTS = 64;
  private static final int PARALLELISM = 8;
  private static final Logger LOG = Logger.getLogger(RlmTransformTest.class.getName());

  private ModelServer server = LocalRun.serving(LocalRun.REVERSE, Duration.ofMillis(5));
  private RlmTransform transform = LocalRun.transform(server);

  @AfterEach
  void leavesNothingBehind() throws InterruptedException {
    RunMonitor.of(transform.configuration().runId()).end();
    server.close();

    assertThat(LocalRun.threadsLeft()).isEmpty();
  }

  private static Pipeline pipeline() {
    return pipeline(PARALLELISM);
  }

  private static Pipeline pipeline(int parallelism) {
    DirectOptions options = PipelineOptionsFactory.create().as(DirectOptions.class);
    options.setTargetParallelism(parallelism);
    return Pipeline.create(options);
  }

  @ParameterizedTest
  @EnumSource(
      value = Spread.class,
      names = {"GROUPS", "NONE"})
  void answersEveryTaskOnceAndKeepsAllSlotsBusy(Spread spread) {
    server.close();
    server = LocalRun.full(SLOTS, LocalRun.REVERSE);
    transform = LocalRun.transform(server).withSpread(spread).withMaxInFlight(SLOTS);
    // All groups at once: with half of them, so few elements would not fill the slots.
    Pipeline pipeline = pipeline(2 * PARALLELISM);
    PCollection<String> answers =
        pipeline
            .apply(Create.of(LocalRun.tasks(ELEMENTS)).withCoder(RlmTaskCoder.of()))
            .apply(transform)
            .results()
            .apply(ParDo.of(new AnswerFn()));
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < ELEMENTS; i++) {
      expected.add("t" + i + "=" + LocalRun.reversed(i));
    }
    PAssert.that(answers).containsInAnyOrder(expected);

    long heapBefore = usedHeap();
    long started = System.nanoTime();
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();
    long heapGrown = usedHeap() - heapBefore;
    // For the proof's page, which shows what was measured.
    LOG.info(
        String.format(
            "spread %s: %d elements, %d calls, peak %d in flight, heap grown by %d MiB, %.1f s",
            spread,
            ELEMENTS,
            server.calls(),
            server.peakInFlight(),
            heapGrown >> 20,
            (System.nanoTime() - started) / 1e9));

    assertThat(server.calls()).isEqualTo(ELEMENTS);
    assertThat(server.peakInFlight()).isEqualTo(SLOTS);
    assertThat(counted(result, "answered")).isEqualTo(ELEMENTS);
    assertThat(counted(result, "turns")).isEqualTo(ELEMENTS);
    assertThat(counted(result, "modelCalls")).isEqualTo(ELEMENTS);
    assertThat(counted(result, "failed")).isEqualTo(0);
    assertThat(heapGrown).isLessThan(64L << 20);
  }

  @Test
  void answersEveryTaskOnceInBundlesOfOneElementAndKeepsAllSlotsBusy() {
    // Such a bundle holds a thread of the runner until its element has ended: fewer slots than
    // those.
    int slots = PARALLELISM / 2;
    server.close();
    server = LocalRun.full(slots, LocalRun.REVERSE);
    transform = LocalRun.transform(server).withSpread(Spread.RESHUFFLE).withMaxInFlight(slots);
    Pipeline pipeline = pipeline();
    PCollection<Long> count =
        pipeline
            .apply(Create.of(LocalRun.tasks(ELEMENTS)).withCoder(RlmTaskCoder.of()))
            .apply(transform)
            .results()
            .apply(ParDo.of(new AnswerFn()))
            .apply(Distinct.create())
            .apply(Count.globally());
    PAssert.that(count).containsInAnyOrder((long) ELEMENTS);

    long heapBefore = usedHeap();
    pipeline.run().waitUntilFinish();

    assertThat(server.calls()).isEqualTo(ELEMENTS);
    assertThat(server.peakInFlight()).isEqualTo(slots);
    assertThat(usedHeap() - heapBefore).isLessThan(64L << 20);
  }

  @ParameterizedTest
  @EnumSource(
      value = Spread.class,
      names = {"GROUPS", "NONE", "RESHUFFLE"})
  void keepsTimestampsAndWindows(Spread spread) {
    transform = transform.withSpread(spread);
    Pipeline pipeline = pipeline();
    PCollection<String> seen =
        pipeline
            .apply(Create.timestamped(timestamped(20)).withCoder(RlmTaskCoder.of()))
            .apply(Window.into(FixedWindows.of(org.joda.time.Duration.millis(1000))))
            .apply(transform)
            .results()
            .apply(ParDo.of(new WhereFn()));
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      long at = millis(i);
      expected.add("t" + i + "@" + at + " in " + at / 1000 * 1000);
    }
    PAssert.that(seen).containsInAnyOrder(expected);

    pipeline.run().waitUntilFinish();
  }

  @ParameterizedTest
  @EnumSource(
      value = Spread.class,
      names = {"GROUPS", "NONE", "RESHUFFLE"})
  void windowedResultsAreNotLateForWhatComesAfter(Spread spread) {
    transform = transform.withSpread(spread);
    Pipeline pipeline = pipeline();
    PCollection<Long> counts =
        pipeline
            .apply(Create.timestamped(timestamped(20)).withCoder(RlmTaskCoder.of()))
            .apply(Window.into(FixedWindows.of(org.joda.time.Duration.millis(60_000))))
            .apply(transform)
            .results()
            .apply(ParDo.of(new AnswerFn()))
            .apply(Combine.globally(Count.<String>combineFn()).withoutDefaults());
    PAssert.that(counts).containsInAnyOrder(20L);

    pipeline.run().waitUntilFinish();
  }

  @Test
  void refusesWindowsThatWouldPayForATaskMoreThanOnce() {
    PCollection<RlmTask> sliding =
        pipeline()
            .apply(Create.of(LocalRun.tasks(1)).withCoder(RlmTaskCoder.of()))
            .apply(
                Window.into(
                    SlidingWindows.of(org.joda.time.Duration.millis(2000))
                        .every(org.joda.time.Duration.millis(1000))));

    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> sliding.apply(transform));

    assertThat(refusal).hasMessageThat().contains("several windows");
    assertThat(refusal).hasMessageThat().contains("allowingManyWindows()");
  }

  @ParameterizedTest
  @EnumSource(
      value = Spread.class,
      names = {"GROUPS", "NONE"})
  void runsATaskOnceForAllItsWindowsWhenOverlapIsAllowed(Spread spread) {
    transform = transform.allowingManyWindows().withSpread(spread);
    Pipeline pipeline = pipeline();
    PCollection<String> seen =
        pipeline
            .apply(Create.timestamped(timestamped(10)).withCoder(RlmTaskCoder.of()))
            .apply(
                Window.into(
                    SlidingWindows.of(org.joda.time.Duration.millis(2000))
                        .every(org.joda.time.Duration.millis(1000))))
            .apply(transform)
            .results()
            .apply(ParDo.of(new WhereFn()));
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      long at = millis(i);
      long window = Math.floorDiv(at, 1000L) * 1000;
      expected.add("t" + i + "@" + at + " in " + window);
      expected.add("t" + i + "@" + at + " in " + (window - 1000));
    }
    PAssert.that(seen).containsInAnyOrder(expected);

    pipeline.run().waitUntilFinish();

    assertThat(server.calls()).isEqualTo(10);
  }

  private static long millis(int i) {
    return 10_000 - i * 137L;
  }

  /** Timestamps that fall, so that results come out earlier than the element at hand. */
  private static List<TimestampedValue<RlmTask>> timestamped(int count) {
    List<TimestampedValue<RlmTask>> tasks = new ArrayList<>();
    for (RlmTask task : LocalRun.tasks(count)) {
      int i = Integer.parseInt(task.id().substring(1));
      tasks.add(TimestampedValue.of(task, new Instant(millis(i))));
    }
    return tasks;
  }

  /** What a counter of the transform stands at; 0 when it was never touched. */
  private static long counted(PipelineResult result, String name) {
    MetricsFilter filter =
        MetricsFilter.builder().addNameFilter(MetricNameFilter.named("rlm", name)).build();
    long sum = 0;
    for (MetricResult<Long> each : result.metrics().queryMetrics(filter).getCounters()) {
      sum += each.getAttempted();
    }
    return sum;
  }

  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static final class AnswerFn extends DoFn<RlmResult, String> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element RlmResult result, OutputReceiver<String> out) {
      out.output(result.id() + "=" + result.answer());
    }
  }

  private static final class WhereFn extends DoFn<RlmResult, String> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element RlmResult result,
        @Timestamp Instant timestamp,
        BoundedWindow window,
        OutputReceiver<String> out) {
      long start = ((IntervalWindow) window).start().getMillis();
      out.output(result.id() + "@" + timestamp.getMillis() + " in " + start);
    }
  }
}
