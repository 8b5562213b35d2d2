package dev.rlmbeam.pipelines.report;

import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmResult;
import dev.rlmbeam.transforms.model.ModelUsage;
import dev.rlmbeam.transforms.rlm.FailureClass;
import dev.rlmbeam.transforms.rlm.StopReason;
import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

/**
 * What any number of results and failures come to, counted from themselves. Immutable.
 *
 * @param answered results
 * @param stopReasons results by why they stopped
 * @param failures failures by class
 * @param turns of all elements
 * @param subCalls of all elements
 * @param retried elements that were begun more than once
 * @param usage by model, failed elements included
 * @param elementSeconds seconds of all elements together
 * @param unreadableFiles files of which rows are missing, because they cannot be read to their end
 * @param notRead whether reading was stopped before the end of the input
 */
public record Tally(
    long answered,
    Map<StopReason, Long> stopReasons,
    Map<FailureClass, Failed> failures,
    long turns,
    long subCalls,
    long retried,
    Map<String, ModelUsage> usage,
    double elementSeconds,
    long unreadableFiles,
    boolean notRead)
    implements Serializable {

  /** Of nothing. */
  public static final Tally NONE = ofReading(0, false);

  /** Of one file that cannot be read to its end. */
  public static final Tally UNREADABLE_FILE = ofReading(1, false);

  /** Of rows that are left because the run was told to stop. */
  public static final Tally NOT_READ = ofReading(0, true);

  /**
   * Failures of one class.
   *
   * @param count how many
   * @param id of one of them, always the same one of the same failures
   * @param source of that one
   * @param message of that one
   */
  public record Failed(long count, String id, String source, String message)
      implements Serializable {

    Failed plus(Failed other) {
      Failed example = id.compareTo(other.id) <= 0 ? this : other;
      return new Failed(count + other.count, example.id, example.source, example.message);
    }
  }

  public Tally {
    stopReasons = Collections.unmodifiableMap(new TreeMap<>(stopReasons));
    failures = Collections.unmodifiableMap(new TreeMap<>(failures));
    usage = Collections.unmodifiableMap(new TreeMap<>(usage));
  }

  private static Tally ofReading(long unreadableFiles, boolean notRead) {
    return new Tally(0, Map.of(), Map.of(), 0, 0, 0, Map.of(), 0, unreadableFiles, notRead);
  }

  /** Of one result. */
  public static Tally of(RlmResult result) {
    return new Tally(
        1,
        Map.of(result.stopReason(), 1L),
        Map.of(),
        result.turns(),
        result.subCalls(),
        result.attempts() > 1 ? 1 : 0,
        result.usage(),
        result.seconds(),
        0,
        false);
  }

  /** Of one failure. */
  public static Tally of(RlmFailure failure) {
    return new Tally(
        0,
        Map.of(),
        Map.of(
            failure.errorClass(), new Failed(1, failure.id(), failure.source(), failure.message())),
        failure.turns(),
        failure.subCalls(),
        failure.attempts() > 1 ? 1 : 0,
        failure.usage(),
        failure.seconds(),
        0,
        false);
  }

  /** Both together. */
  public Tally plus(Tally other) {
    return new Tally(
        answered + other.answered,
        merged(stopReasons, other.stopReasons, Long::sum),
        merged(failures, other.failures, Failed::plus),
        turns + other.turns,
        subCalls + other.subCalls,
        retried + other.retried,
        merged(usage, other.usage, ModelUsage::plus),
        elementSeconds + other.elementSeconds,
        unreadableFiles + other.unreadableFiles,
        notRead || other.notRead);
  }

  /** How many failed. */
  public long failed() {
    return failures.values().stream().mapToLong(Failed::count).sum();
  }

  /** How many failed in this way. */
  public long failed(FailureClass errorClass) {
    Failed failed = failures.get(errorClass);
    return failed == null ? 0 : failed.count();
  }

  /** Results and failures. */
  public long elements() {
    return answered + failed();
  }

  /** All models together. */
  public ModelUsage totalUsage() {
    return usage.values().stream().reduce(ModelUsage.NONE, ModelUsage::plus);
  }

  private static <K extends Comparable<K>, V> Map<K, V> merged(
      Map<K, V> a, Map<K, V> b, BinaryOperator<V> sum) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.isEmpty() ? b : a;
    }
    Map<K, V> both = new TreeMap<>(a);
    b.forEach((key, value) -> both.merge(key, value, sum));
    return both;
  }
}
