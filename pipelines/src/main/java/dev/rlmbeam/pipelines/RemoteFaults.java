package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.options.UsageException;
import java.io.IOException;
import java.io.InvalidClassException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong on a cluster, as its workers said it. Flink hands their exceptions over in a
 * wrapping of its own, because their classes are the job's; it is opened here by its methods'
 * names, since Flink is not needed to build.
 */
final class RemoteFaults {
  private static final String WRAPPING = "org.apache.flink.util.SerializedThrowable";
  private static final String CANCELLED =
      "org.apache.flink.runtime.client.JobCancellationException";
  private static final String JOB_FAILED = "org.apache.flink.runtime.client.JobExecutionException";
  private static final String REST_CLIENT = "org.apache.flink.runtime.rest.";
  private static final int DEEPEST = 50;

  private RemoteFaults() {}

  /**
   * Nobody here can say what became of the job: it may go on, so nothing that it needs is taken
   * away.
   */
  static final class OutOfTouch extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutOfTouch(String why, @Nullable Throwable cause) {
      super(
          "The launcher has lost touch with the cluster ("
              + why
              + "). If the job was submitted it goes on: its page shows it, and summary.json in the"
              + " output says when it is over.",
          cause);
    }
  }

  /** Somebody has ended the job on its cluster. */
  static final class Cancelled extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Cancelled(@Nullable Throwable cause) {
      super(
          "The job was cancelled on the cluster. Results are written at the end of a run, so there"
              + " are none; Ctrl-C here ends a run in good order.",
          cause);
    }
  }

  /**
   * The exception itself, a mistake of the configuration that a worker has found, a cancellation,
   * or that the cluster cannot be asked any more.
   */
  static RuntimeException found(Throwable e) {
    RuntimeException said = said(e);
    Optional<Throwable> lost = said == e ? lostTouch(e) : Optional.empty();
    return lost.isPresent() ? new OutOfTouch(String.valueOf(lost.get()), e) : said;
  }

  /** The trouble between here and the cluster, unless the cluster has said that the job is over. */
  private static Optional<Throwable> lostTouch(Throwable e) {
    Throwable lost = null;
    int depth = 0;
    for (Throwable cause = e; cause != null && depth < DEEPEST; cause = cause.getCause(), depth++) {
      String name = cause.getClass().getName();
      if (name.equals(JOB_FAILED)) {
        return Optional.empty();
      }
      if (cause instanceof IOException
          || cause instanceof TimeoutException
          || name.startsWith(REST_CLIENT)) {
        lost = cause;
      }
    }
    return Optional.ofNullable(lost);
  }

  private static RuntimeException said(Throwable e) {
    Throwable cause = e;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
      Throwable bare = bare(cause);
      if (bare.getClass().getName().equals(CANCELLED)) {
        return new Cancelled(e);
      }
      Optional<UsageException> usage = Problem.find(UsageException.class, bare);
      if (usage.isPresent()) {
        return new UsageException(String.valueOf(usage.get().getMessage()), e);
      }
      Optional<InvalidClassException> other = Problem.find(InvalidClassException.class, bare);
      if (other.isPresent()) {
        return new UsageException(
            "The cluster has other classes than this launcher ("
                + other.get().getMessage()
                + ").\nTake Beam's and rlm-beam's jars out of its lib folder, and submit the jar that"
                + " belongs to this version.",
            e);
      }
      cause = cause.getCause();
    }
    return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
  }

  private static Throwable bare(Throwable e) {
    if (!e.getClass().getName().equals(WRAPPING)) {
      return e;
    }
    try {
      Object found =
          e.getClass()
              .getMethod("deserializeError", ClassLoader.class)
              .invoke(e, RemoteFaults.class.getClassLoader());
      return found instanceof Throwable original ? original : e;
    } catch (ReflectiveOperationException other) {
      return e; // another version of Flink: its own words have to do
    }
  }
}
