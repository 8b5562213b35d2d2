package dev.rlmbeam.pipelines.report;

import java.time.Duration;
import java.util.Locale;

/** Numbers for a person. */
public final class Figures {
  private static final long[] SIZES = {1_000_000_000, 1_000_000, 1_000};
  private static final String[] LETTERS = {"G", "M", "k"};

  private Figures() {}

  /** {@code 980}, {@code 12.3k}, {@code 2.1M}. */
  public static String count(long value) {
    for (int i = 0; i < SIZES.length; i++) {
      if (value >= SIZES[i]) {
        return String.format(Locale.ROOT, "%.1f%s", (double) value / SIZES[i], LETTERS[i]);
      }
    }
    return String.valueOf(value);
  }

  /** {@code 980 B}, {@code 12.3 kB}, {@code 2.1 MB}. */
  public static String bytes(long value) {
    String count = count(value);
    char last = count.charAt(count.length() - 1);
    return Character.isDigit(last)
        ? count + " B"
        : count.substring(0, count.length() - 1) + " " + last + "B";
  }

  /** {@code 0:42}, {@code 1:02:03}. */
  public static String clock(Duration time) {
    long seconds = time.toSeconds();
    return seconds < 3600
        ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
        : String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }

  /** {@code 0.42 s}, {@code 42 s}, {@code 2:05 min}. */
  public static String span(Duration time) {
    double seconds = time.toMillis() / 1000.0;
    if (seconds < 10) {
      return String.format(Locale.ROOT, "%.2f s", seconds);
    }
    return seconds < 120
        ? String.format(Locale.ROOT, "%.0f s", seconds)
        : clock(time) + (seconds < 3600 ? " min" : " h");
  }
}
