package dev.rlmbeam.examples;

import dev.rlmbeam.pipelines.options.LocalSandboxesFactory;
import dev.rlmbeam.sandbox.local.LocalIsolation;
import dev.rlmbeam.transforms.RlmContext;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.RlmTaskCoder;
import dev.rlmbeam.transforms.RlmTransform;
import dev.rlmbeam.transforms.model.offline.OfflineModelFactory;
import dev.rlmbeam.transforms.rlm.RlmSettings;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.Partition;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Questions with a time, answered in windows of an hour; failures go two ways. */
public final class WindowedExample {
  private WindowedExample() {}

  /** Writes into the folder that is named, a file an hour and kind. */
  public static void main(String[] arguments) {
    String folder = arguments[0];
    Pipeline pipeline = Pipeline.create();
    PCollection<RlmTask> tasks =
        pipeline.apply(
            Create.timestamped(
                    at("09:15", RlmTask.of("t1", "Which pump failed?", "Pump seven failed.")),
                    at("10:40", RlmTask.of("t2", "Which pump leaks?", "Pump two leaks oil.")),
                    at("10:50", new RlmTask("t3", "Which?", RlmContext.at("/no/log"), "log:3")))
                .withCoder(RlmTaskCoder.of()));
    answer(tasks, folder);
    pipeline.run().waitUntilFinish();
  }

  private static TimestampedValue<RlmTask> at(String time, RlmTask task) {
    return TimestampedValue.of(task, Instant.parse("2026-03-01T" + time + ":00Z"));
  }

  // region windowed
  static void answer(PCollection<RlmTask> tasks, String folder) {
    RlmTransform rlm =
        RlmTransform.answering(
                new OfflineModelFactory(), new LocalSandboxesFactory(LocalIsolation.AUTO, "", true))
            .withSettings(RlmSettings.defaults().withMaxTurns(10))
            .withMaxInFlight(32);
    RlmTransform.Output answers =
        tasks.apply(Window.into(FixedWindows.of(Duration.standardHours(1)))).apply("Answer", rlm);

    // Results and failures have the timestamp and the window of their task.
    answers
        .results()
        .apply(
            "ResultLines",
            MapElements.into(TypeDescriptors.strings())
                .via(result -> result.id() + ": " + result.answer()))
        .apply("WriteResults", hourly(folder + "/answers-"));

    // Every task is in exactly one of the two. What the services could not do may be tried again;
    // what is wrong with a task itself is for a person.
    PCollectionList<RlmFailure> failures =
        answers
            .failures()
            .apply(Partition.of(2, (failure, count) -> worthAnotherTry(failure) ? 0 : 1));
    failures
        .get(0)
        .apply("Ids", MapElements.into(TypeDescriptors.strings()).via(failure -> failure.id()))
        .apply("WriteIds", hourly(folder + "/again-"));
    failures
        .get(1)
        .apply(
            "FailureLines",
            MapElements.into(TypeDescriptors.strings())
                .via(
                    failure ->
                        failure.id()
                            + " ("
                            + failure.source()
                            + "): "
                            + failure.errorClass()
                            + ": "
                            + failure.message()))
        .apply("WriteFailures", hourly(folder + "/failures-"));
  }

  private static boolean worthAnotherTry(RlmFailure failure) {
    return switch (failure.errorClass()) {
      case SANDBOX_UNAVAILABLE,
          SANDBOX_LOST,
          MODEL_RATE_LIMITED,
          MODEL_UNAVAILABLE,
          MODEL_TIMEOUT,
          RUN_LIMIT,
          CANCELLED ->
          true;
      default -> false;
    };
  }

  private static TextIO.Write hourly(String prefix) {
    return TextIO.write().to(prefix).withSuffix(".txt").withWindowedWrites().withNumShards(1);
  }
  // endregion
}
