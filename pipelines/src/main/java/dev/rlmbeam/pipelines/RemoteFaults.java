package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.options.UsageException;
import java.io.InvalidClassException;
import java.util.Optional;

/**
 * What went wrong on a cluster, as its workers said it. Flink hands their exceptions over in a
 * wrapping of its own, because their classes are the job's; it is opened here by its methods'
 * names, since Flink is not needed to build.
 */
final class RemoteFaults {
  private static final String WRAPPING = "org.apache.flink.util.SerializedThrowable";
  private static final int DEEPEST = 50;

  private RemoteFaults() {}

  /** The exception itself, or a mistake of the configuration that a worker has found. */
  static RuntimeException found(Throwable e) {
    Throwable cause = e;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
      Throwable bare = bare(cause);
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
