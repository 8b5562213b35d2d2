package dev.rlmbeam.pipelines.schema;

import dev.rlmbeam.transforms.RlmContext;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.rlm.FailureClass;
import java.util.Optional;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;

/** Makes a task of each row; of one that has no question or no context, a failure. */
final class RowTasksFn extends DoFn<Row, RlmTask> {
  private static final long serialVersionUID = 1L;

  static final TupleTag<RlmTask> TASKS = new TupleTag<>("tasks") {};
  static final TupleTag<RlmFailure> UNUSABLE = new TupleTag<>("unusable") {};

  private final RowTasks rows;
  private final String runId;

  RowTasksFn(RowTasks rows, String runId) {
    this.rows = rows;
    this.runId = runId;
  }

  @ProcessElement
  public void process(@Element Row row, MultiOutputReceiver out) {
    String query = rows.query(row);
    Optional<RlmContext> context = rows.context(row);
    String id = rows.id(row, context);
    String source = rows.source(row);
    if (query.isBlank()) {
      String message = "The field '" + rows.query() + "' is empty, so there is nothing to ask.";
      out.get(UNUSABLE)
          .output(RlmFailure.ofInput(id, FailureClass.INPUT_INVALID, message, source, runId));
    } else if (context.isEmpty()) {
      String message =
          "The field '" + rows.contextPlace() + "' is empty, so there is no context to ask about.";
      out.get(UNUSABLE)
          .output(RlmFailure.ofInput(id, FailureClass.CONTEXT_INVALID, message, source, runId));
    } else {
      out.get(TASKS).output(new RlmTask(id, query, context.get(), source, rows.attributes(row)));
    }
  }
}
