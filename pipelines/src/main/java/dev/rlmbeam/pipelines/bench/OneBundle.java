package dev.rlmbeam.pipelines.bench;

import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.RlmTaskCoder;
import java.util.List;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/** Tasks as one bundle, in their order, which the Direct runner does not keep between bundles. */
final class OneBundle extends PTransform<PBegin, PCollection<RlmTask>> {
  private static final long serialVersionUID = 1L;

  private final List<RlmTask> tasks;

  OneBundle(List<RlmTask> tasks) {
    this.tasks = List.copyOf(tasks);
  }

  @Override
  public PCollection<RlmTask> expand(PBegin begin) {
    return begin
        .apply(Create.of("all"))
        .apply(ParDo.of(new EmitFn(tasks)))
        .setCoder(RlmTaskCoder.of());
  }

  private static final class EmitFn extends DoFn<String, RlmTask> {
    private static final long serialVersionUID = 1L;

    private final List<RlmTask> tasks;

    EmitFn(List<RlmTask> tasks) {
      this.tasks = tasks;
    }

    @ProcessElement
    public void emit(OutputReceiver<RlmTask> out) {
      tasks.forEach(out::output);
    }
  }
}
