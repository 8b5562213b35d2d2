package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.pipelines.report.ReadMonitor;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.rlm.FailureClass;
import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.PCollectionView;

/** A failure for each id that was asked for and that no row has. */
final class MissingIdsFn extends DoFn<String, RlmFailure> {
  private static final long serialVersionUID = 1L;

  private final Set<String> wanted;
  private final PCollectionView<Iterable<String>> found;
  private final String runId;

  MissingIdsFn(Set<String> wanted, PCollectionView<Iterable<String>> found, String runId) {
    this.wanted = wanted;
    this.found = found;
    this.runId = runId;
  }

  @ProcessElement
  public void process(ProcessContext context) {
    Set<String> missing = new TreeSet<>(wanted);
    context.sideInput(found).forEach(missing::remove);
    for (String id : missing) {
      RlmFailure failure =
          RlmFailure.ofInput(
              id,
              FailureClass.INPUT_INVALID,
              "No row of the input has the id '" + id + "', which --ids names.",
              "--ids",
              runId);
      ReadMonitor.of(runId).fail(failure);
      context.output(failure);
    }
  }
}
