package dev.rlmbeam.pipelines.report;

import dev.rlmbeam.transforms.rlm.FailureClass;
import java.util.Locale;

/** How a run ended, as told by what it wrote. */
public enum Outcome {
  DONE,
  /** More failed than {@code --maxErrorRate} allows. */
  TOO_MANY_FAILED,
  /** A file of the input cannot be read to its end, so that rows are missing. */
  INPUT_UNREADABLE,
  /** A service refused for good. */
  REFUSED,
  /** The brake on model calls was reached. */
  BRAKE_REACHED,
  /** It was told to stop. */
  INTERRUPTED,
  /** There was nothing to do. */
  NO_TASKS;

  /** Judges a run. What ended it early counts more than what it led to. */
  public static Outcome of(Tally tally, double maxErrorRate) {
    if (tally.failed(FailureClass.CANCELLED) > 0 || tally.notRead()) {
      return INTERRUPTED;
    }
    if (tally.failed(FailureClass.MODEL_REFUSED) > 0) {
      return REFUSED;
    }
    if (tally.failed(FailureClass.RUN_LIMIT) > 0) {
      return BRAKE_REACHED;
    }
    if (tally.elements() == 0) {
      return NO_TASKS;
    }
    if (tally.unreadableFiles() > 0) {
      return INPUT_UNREADABLE;
    }
    return tally.failed() > maxErrorRate * tally.elements() ? TOO_MANY_FAILED : DONE;
  }

  /** As in {@code summary.json}: {@code done}, {@code too_many_failed}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
