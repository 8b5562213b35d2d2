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
  private final InputSettings settings;

  MissingIdsFn(
      Set<String> wanted, PCollectionView<Iterable<String>> found, InputSettings settings) {
    this.wanted = wanted;
    this.found = found;
    this.settings = settings;
  }

  @ProcessElement
  public void process(ProcessContext context) {
    Set<String> missing = new TreeSet<>(wanted);
    context.sideInput(found).forEach(missing::remove);
    for (String id : missing) {
      RlmFailure failure = failure(id, settings);
      ReadMonitor.of(settings.runId()).fail(failure);
      context.output(failure);
    }
  }

  /** What is said of an id that no row has. */
  static RlmFailure failure(String id, InputSettings settings) {
    return RlmFailure.ofInput(
            id,
            FailureClass.INPUT_INVALID,
            "No row of the input has the id '" + id + "', which --ids names.",
            "--ids",
            settings.runId())
        .withAttributes(new IncludedFields(settings.include()).none());
  }
}
