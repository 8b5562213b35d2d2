package dev.rlmbeam.pipelines.options;

/** Checks of numbers that name the option, its value and what is allowed. */
public final class Range {
  private Range() {}

  /** The value, if it is not less. */
  public static int atLeast(String option, int value, int least) {
    return (int) atLeast(option, (long) value, least);
  }

  /** The value, if it is not less. */
  public static long atLeast(String option, long value, long least) {
    if (value < least) {
      throw UsageException.ofValue(option, value, least + " or more");
    }
    return value;
  }

  /** The value, if it is neither less nor more. */
  public static int within(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw UsageException.ofValue(option, value, least + " to " + most);
    }
    return value;
  }

  /** The value, if it is neither less nor more. */
  public static double within(String option, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw UsageException.ofValue(option, value, least + " to " + most);
    }
    return value;
  }
}
