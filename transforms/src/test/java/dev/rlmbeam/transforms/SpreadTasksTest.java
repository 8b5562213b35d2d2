package dev.rlmbeam.transforms;

import static com.google.common.truth.Truth.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.runners.TransformHierarchy.Node;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.junit.jupiter.api.Test;

/** How tasks are spread when nobody says how. */
class SpreadTasksTest {

  @Test
  void boundedInputOnTheDirectRunnerIsGrouped() {
    assertThat(steps(DirectRunner.class, IsBounded.BOUNDED)).contains("Spread/Group");
  }

  @Test
  void anythingElseIsReshuffled() {
    assertThat(steps(DirectRunner.class, IsBounded.UNBOUNDED)).doesNotContain("Spread/Group");
    assertThat(steps(DirectRunner.class, IsBounded.UNBOUNDED)).contains("Reshuffle");
    assertThat(steps(OtherRunner.class, IsBounded.BOUNDED)).contains("Reshuffle");
  }

  private static String steps(Class<? extends PipelineRunner<?>> runner, IsBounded bounded) {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(runner);
    Pipeline pipeline = Pipeline.create(options);
    PCollection<RlmTask> tasks =
        pipeline.apply(Create.of(LocalRun.tasks(1)).withCoder(RlmTaskCoder.of()));
    tasks.setIsBoundedInternal(bounded);
    PCollection<RlmTask> unused = tasks.apply("Spread", new SpreadTasks(Spread.AUTO));
    List<String> names = new ArrayList<>();
    pipeline.traverseTopologically(
        new Pipeline.PipelineVisitor.Defaults() {
          @Override
          public void visitPrimitiveTransform(Node node) {
            names.add(node.getFullName());
          }
        });
    return String.join("\n", names);
  }

  /** Runs nothing. */
  static final class OtherRunner extends PipelineRunner<org.apache.beam.sdk.PipelineResult> {
    @SuppressWarnings("unused") // Beam calls it.
    public static OtherRunner fromOptions(PipelineOptions options) {
      return new OtherRunner();
    }

    @Override
    public org.apache.beam.sdk.PipelineResult run(Pipeline pipeline) {
      throw new UnsupportedOperationException("runs nothing");
    }
  }
}
