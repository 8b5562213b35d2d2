package dev.rlmbeam.examples;

import dev.rlmbeam.pipelines.options.ModalSandboxesFactory;
import dev.rlmbeam.sandbox.CloudSpec;
import dev.rlmbeam.sandbox.SandboxImage;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.RlmTaskCoder;
import dev.rlmbeam.transforms.RlmTransform;
import dev.rlmbeam.transforms.model.ModelFactory;
import dev.rlmbeam.transforms.model.offline.OfflineModelFactory;
import java.time.Duration;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.TypeDescriptors;

/** Sandboxes at Modal, in the two ways in which the reference shows it. */
public final class ModalExample {
  private ModalExample() {}

  private static RlmTransform inAnApp(ModelFactory model) {
    // region modal-app
    CloudSpec cloud = CloudSpec.defaults().toBuilder().app("my-rlm-app").build();
    SandboxSpec spec = SandboxSpec.defaults().withTimeout(Duration.ofMinutes(10)).withCloud(cloud);

    RlmTransform answering =
        RlmTransform.answering(model, ModalSandboxesFactory.defaults()).withSandboxSpec(spec);
    // endregion
    return answering;
  }

  private static RlmTransform onAnImage(ModelFactory model) {
    // region modal-image
    SandboxImage image =
        SandboxImage.debianSlim("3.11")
            .pipInstall("numpy", "pandas", "requests", "beautifulsoup4", "lxml");
    CloudSpec cloud = CloudSpec.defaults().toBuilder().image(image).build();

    RlmTransform answering =
        RlmTransform.answering(model, ModalSandboxesFactory.defaults())
            .withSandboxSpec(SandboxSpec.defaults().withCloud(cloud));
    // endregion
    return answering;
  }

  /** Writes an answer to a file; the second argument says which of the two. */
  public static void main(String[] arguments) {
    ModelFactory model = new OfflineModelFactory();
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(
            Create.of(RlmTask.of("gate", "What is the toll?", "Of gates. The toll is six pence."))
                .withCoder(RlmTaskCoder.of()))
        .apply(arguments[1].equals("app") ? inAnApp(model) : onAnImage(model))
        .results()
        .apply(MapElements.into(TypeDescriptors.strings()).via(result -> result.answer()))
        .apply(TextIO.write().to(arguments[0]).withoutSharding());
    pipeline.run().waitUntilFinish();
  }
}
