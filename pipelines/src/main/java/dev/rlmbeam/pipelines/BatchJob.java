package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.io.PartialResults;
import dev.rlmbeam.pipelines.io.RunFolder;
import dev.rlmbeam.pipelines.io.RunLock;
import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.options.RlmPlan;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.pipelines.remote.RunFiles;
import dev.rlmbeam.pipelines.report.RunDescription;
import java.io.IOException;
import java.util.List;
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
  private final List<String> notices;

  private BatchJob(JobPlan plan, RunLock lock, RunDescription description, List<String> notices) {
    this.plan = plan;
    this.lock = lock;
    this.description = description;
    this.notices = List.copyOf(notices);
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
    List<String> notices = Runners.checkSite(plan.options());
    RlmPlan.Preflight found = plan.rlm().preflight(Runners.isRemote(plan.options()));
    boolean overwrite = plan.options().getOverwrite();
    plan.folder().check(overwrite);
    RunLock lock = plan.folder().lock();
    try {
      plan.folder().prepare(overwrite);
      plan.source().prepare(plan.folder());
      if (Runners.isRemote(plan.options())) {
        plan.folder().runFiles(plan.runId()).mark();
      }
    } catch (IOException e) {
      lock.close();
      throw new UsageException("--output=" + plan.folder().path() + " cannot be written: " + e, e);
    } catch (RuntimeException | Error e) {
      lock.close();
      throw e;
    }
    return new BatchJob(
        plan.with(found.plan()), lock, plan.describe(found.sandbox(), found.isolation()), notices);
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

  /** What is told between the launcher and workers in other processes. */
  Optional<RunFiles> runFiles() {
    return Runners.isRemote(plan.options())
        ? Optional.of(folder().runFiles(plan.runId()))
        : Optional.empty();
  }

  /** Whether whoever starts the run waits for its end. */
  boolean attached() {
    return plan.options().getAttached();
  }

  /** What a person should know of the cluster. */
  List<String> notices() {
    return notices;
  }

  /** The job's name on its cluster. */
  String name() {
    return plan.options().getJobName();
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
