package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmTask;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;

/**
 * As {@link UniqueIdsFn}, over the tasks of one id, in one pass and with one context in memory: on
 * clusters a group can be iterated only once, and one for each id spreads better than a few.
 */
final class SameIdFn extends DoFn<KV<String, Iterable<RlmTask>>, RlmTask> {
  private static final long serialVersionUID = 1L;

  private final InputSettings settings;
  private final TupleTag<RlmTask> tasks;
  private final TupleTag<RlmFailure> failures;

  SameIdFn(InputSettings settings, TupleTag<RlmTask> tasks, TupleTag<RlmFailure> failures) {
    this.settings = settings;
    this.tasks = tasks;
    this.failures = failures;
  }

  /** Where a task that is not the first of its id comes from, and what it takes with it. */
  private record Other(String source, String attributes) {
    static Other of(RlmTask task) {
      return new Other(task.source(), task.attributes());
    }
  }

  @ProcessElement
  public void process(@Element KV<String, Iterable<RlmTask>> group, MultiOutputReceiver out) {
    RlmTask first = null;
    List<Other> others = new ArrayList<>();
    for (RlmTask task : group.getValue()) {
      if (first == null) {
        first = task;
      } else if (UniqueIdsFn.earlier(first.source(), task.source()).equals(first.source())) {
        others.add(Other.of(task));
      } else {
        others.add(Other.of(first));
        first = task;
      }
    }
    if (first == null) {
      return;
    }
    UniqueIdsFn.output(first, settings, tasks, out);
    // Numbers do not depend on the order in which the runner brings them.
    others.sort(
        (a, b) ->
            a.source().equals(b.source())
                ? 0
                : UniqueIdsFn.earlier(a.source(), b.source()).equals(a.source()) ? -1 : 1);
    int number = 1;
    for (Other each : others) {
      RlmTask other =
          new RlmTask(first.id(), first.query(), first.context(), each.source(), each.attributes());
      if (ContentHash.made(first.id())) { // the same question over the same context
        number++;
        UniqueIdsFn.output(other.withId(first.id() + "-" + number), settings, tasks, out);
      } else {
        UniqueIdsFn.fail(other, first.source(), settings, failures, out);
      }
    }
  }
}
