package dev.rlmbeam.pipelines.schema;

import static dev.rlmbeam.pipelines.schema.RlmSchemaTransformProvider.INPUT;
import static dev.rlmbeam.pipelines.schema.RlmSchemaTransformProvider.OUTPUT;

import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmFailureCoder;
import dev.rlmbeam.transforms.RlmResult;
import dev.rlmbeam.transforms.RlmRows;
import dev.rlmbeam.transforms.RlmTaskCoder;
import dev.rlmbeam.transforms.RlmTransform;
import java.util.Set;
import org.apache.beam.sdk.schemas.transforms.SchemaTransform;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionRowTuple;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.TypeDescriptors;

/** The RLM over rows. Immutable. */
final class RlmSchemaTransform extends SchemaTransform {
  private static final long serialVersionUID = 1L;

  private final Configuration configuration;

  RlmSchemaTransform(Configuration configuration) {
    this.configuration = configuration;
  }

  /**
   * @throws UsageException when the input is not one collection of rows that have what is needed
   */
  @Override
  public PCollectionRowTuple expand(PCollectionRowTuple inputs) {
    if (!inputs.getAll().keySet().equals(Set.of(INPUT))) {
      throw new UsageException(
          "The RLM wants one input, named '"
              + INPUT
              + "'; it was given "
              + (inputs.getAll().isEmpty() ? "none" : String.join(", ", inputs.getAll().keySet()))
              + ".");
    }
    PCollection<Row> rows = inputs.get(INPUT);
    RowTasks form = RowTasks.of(configuration.input(), rows.getSchema());
    PCollectionTuple tasks =
        rows.apply(
            "Tasks",
            ParDo.of(new RowTasksFn(form, configuration.runId()))
                .withOutputTags(RowTasksFn.TASKS, TupleTagList.of(RowTasksFn.UNUSABLE)));
    RlmTransform.Output answers =
        tasks
            .get(RowTasksFn.TASKS)
            .setCoder(RlmTaskCoder.of())
            .apply("Answer", configuration.rlm());
    PCollection<RlmFailure> failures =
        PCollectionList.of(tasks.get(RowTasksFn.UNUSABLE).setCoder(RlmFailureCoder.of()))
            .and(answers.failures())
            .apply("Failures", Flatten.pCollections());
    return PCollectionRowTuple.of(
            OUTPUT,
            answers
                .results()
                .apply(
                    "ResultRows",
                    MapElements.into(TypeDescriptors.rows())
                        .via((RlmResult result) -> RlmRows.toRow(result)))
                .setRowSchema(RlmRows.RESULT))
        .and(
            configuration.errors(),
            failures
                .apply(
                    "FailureRows",
                    MapElements.into(TypeDescriptors.rows())
                        .via((RlmFailure failure) -> RlmRows.toRow(failure)))
                .setRowSchema(RlmRows.FAILURE));
  }
}
