package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.pipelines.report.ReadMonitor;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.rlm.FailureClass;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;

/**
 * Sees to it that no result overwrites another. Of rows that were given the same id the first keeps
 * it, the others become failures that name both places. Rows that are the same in every respect and
 * have no id of their own are all answered: the second is called {@code …-2}. Only then is known
 * which of them {@code --ids} means.
 */
final class UniqueIdsFn extends DoFn<KV<Integer, Iterable<RlmTask>>, RlmTask> {
  private static final long serialVersionUID = 1L;

  private final InputSettings settings;
  private final TupleTag<RlmTask> tasks;
  private final TupleTag<RlmFailure> failures;

  UniqueIdsFn(InputSettings settings, TupleTag<RlmTask> tasks, TupleTag<RlmFailure> failures) {
    this.settings = settings;
    this.tasks = tasks;
    this.failures = failures;
  }

  @ProcessElement
  public void process(@Element KV<Integer, Iterable<RlmTask>> shard, MultiOutputReceiver out) {
    Map<String, String> firsts = new HashMap<>();
    for (RlmTask task : shard.getValue()) {
      firsts.merge(task.id(), task.source(), UniqueIdsFn::earlier);
    }
    Map<String, Integer> sameContent = new HashMap<>();
    for (RlmTask task : shard.getValue()) {
      String first = firsts.getOrDefault(task.id(), "");
      if (first.equals(task.source())) {
        output(task, settings, tasks, out);
      } else if (ContentHash.made(task.id())) {
        int number = sameContent.merge(task.id(), 1, Integer::sum) + 1;
        String id = task.id() + "-" + number;
        output(task.withId(id), settings, tasks, out);
      } else {
        fail(task, first, settings, failures, out);
      }
    }
  }

  /**
   * What becomes of a task whose id another one has.
   *
   * @param first where that one stands
   */
  static RlmFailure taken(RlmTask task, String first, String runId) {
    return RlmFailure.ofInput(
            // Not the id of the row that is answered: results and failures are joined by it.
            task.source(),
            FailureClass.INPUT_INVALID,
            "The id '"
                + task.id()
                + "' is taken by "
                + first
                + "; ids must differ. Name another field with --idField.",
            task.source(),
            runId)
        .withAttributes(task.attributes());
  }

  /** A task that goes on, if it is wanted. */
  static void output(
      RlmTask task, InputSettings settings, TupleTag<RlmTask> tasks, MultiOutputReceiver out) {
    if (settings.selection() instanceof Selection.Ids wanted && !wanted.ids().contains(task.id())) {
      ReadMonitor.of(settings.runId()).drop();
    } else {
      out.get(tasks).output(task);
    }
  }

  /** A task whose id another one has. */
  static void fail(
      RlmTask task,
      String first,
      InputSettings settings,
      TupleTag<RlmFailure> failures,
      MultiOutputReceiver out) {
    RlmFailure failure = taken(task, first, settings.runId());
    ReadMonitor.of(settings.runId()).replace(failure);
    out.get(failures).output(failure);
  }

  /** Places in a file are compared by their line numbers, not by their digits. */
  static String earlier(String a, String b) {
    int inA = a.lastIndexOf(':');
    int inB = b.lastIndexOf(':');
    if (inA > 0 && inA == inB && a.regionMatches(0, b, 0, inA)) {
      // Same file: of two numbers without leading zeros the shorter one is smaller.
      int byLength = Integer.compare(a.length(), b.length());
      return (byLength != 0 ? byLength : a.compareTo(b)) <= 0 ? a : b;
    }
    return a.compareTo(b) <= 0 ? a : b;
  }
}
