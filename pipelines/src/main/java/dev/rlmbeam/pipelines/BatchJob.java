package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.io.PartialResults;
import dev.rlmbeam.pipelines.io.RunFolder;
import dev.rlmbeam.pipelines.io.RunLock;
import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.options.RlmPlan;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.pipelines.report.RunDescription;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;

/**
 * A run that was checked and can start: all that can be wrong with options, input, keys, sandboxes
 * and output was tried, and its folder is empty and locked. Immutable.
 */
final class BatchJob {
  private final JobPlan plan;
  private final RunLock lock;
  private final RunDescription description;

  private BatchJob(JobPlan plan, RunLock lock, RunDescription description) {
    this.plan = plan;
    this.lock = lock;
    this.description = description;
  }

  /**
   * Checks everything about a run over rows and files, and makes its folder ready.
   *
   * @throws UsageException for whatever stops it before anything is paid
   */
  static BatchJob prepare(BatchOptions options) {
    return prepare(JobPlan.of(options));
  }

  /**
   * Checks what a plan needs, and makes its folder ready.
   *
   * @throws UsageException for whatever stops it before anything is paid
   */
  static BatchJob prepare(JobPlan plan) {
    RlmPlan.Preflight found = plan.rlm().preflight();
    boolean overwrite = plan.options().getOverwrite();
    plan.folder().check(overwrite);
    RunLock lock = plan.folder().lock();
    try {
      plan.folder().prepare(overwrite);
      plan.source().prepare(plan.folder());
    } catch (RuntimeException | Error e) {
      lock.close();
      throw e;
    }
    return new BatchJob(
        plan.with(found.plan()), lock, plan.describe(found.sandbox(), found.isolation()));
  }

  RunFolder folder() {
    return plan.folder();
  }

  /** What keeps other runs out of the folder; whoever runs the job closes it at the end. */
  RunLock lock() {
    return lock;
  }

  /** What keeps finished tasks while the run lasts, where it works in this JVM. */
  Optional<PartialResults> partial() {
    return Runners.isDirect(plan.options()) ? folder().partialResults() : Optional.empty();
  }

  RunDescription description() {
    return description;
  }

  TaskSource source() {
    return plan.source();
  }

  RlmPlan plan() {
    return plan.rlm();
  }

  /** The pipeline: read, answer, write. */
  Pipeline pipeline() {
    return plan.pipeline(description);
  }
}
