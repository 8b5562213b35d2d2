package dev.rlmbeam.examples;

import dev.rlmbeam.pipelines.options.LocalSandboxesFactory;
import dev.rlmbeam.sandbox.local.LocalIsolation;
import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.RlmTaskCoder;
import dev.rlmbeam.transforms.RlmTransform;
import dev.rlmbeam.transforms.SandboxesFactory;
import dev.rlmbeam.transforms.model.ModelFactory;
import dev.rlmbeam.transforms.model.offline.OfflineModelFactory;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;

/** A question, its answer. */
public final class MinimalExample {
  private MinimalExample() {}

  /** Writes the answer to the file that is named. */
  public static void main(String[] arguments) {
    String output = arguments[0];
    // region minimal
    ModelFactory model = new OfflineModelFactory(); // A keyword matcher, not a language model.
    SandboxesFactory sandboxes = new LocalSandboxesFactory(LocalIsolation.AUTO, "", true);

    Pipeline pipeline = Pipeline.create();
    PCollection<RlmTask> tasks =
        pipeline.apply(
            Create.of(
                    RlmTask.of(
                        "ferry",
                        "What was voted for the ferry landing?",
                        "The board met. For the ferry landing it voted a sum of 1,840 pounds."))
                .withCoder(RlmTaskCoder.of()));
    RlmTransform.Output answers = tasks.apply(RlmTransform.answering(model, sandboxes));
    answers
        .results() // PCollection<RlmResult>; what has no answer is in answers.failures()
        .apply(
            MapElements.into(TypeDescriptors.strings())
                .via(result -> result.id() + ": " + result.answer()))
        .apply(TextIO.write().to(output).withoutSharding());
    pipeline.run().waitUntilFinish();
    // endregion
  }
}
