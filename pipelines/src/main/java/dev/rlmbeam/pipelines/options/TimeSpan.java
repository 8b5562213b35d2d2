package dev.rlmbeam.pipelines.options;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Time spans as people write them: {@code 300s}, {@code 5m}, {@code 1.5h}, {@code 300}. */
public final class TimeSpan {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)\\s*(ms|s|m|h|)");

  private TimeSpan() {}

  /**
   * Reads the value of an option; it has to be more than nothing.
   *
   * @throws UsageException that names the option and the forms
   */
  public static Duration parse(String option, String text) {
    Matcher matcher = FORM.matcher(text.trim());
    if (!matcher.matches()) {
      throw wrong(option, text);
    }
    long unitMillis =
        switch (matcher.group(2)) {
          case "ms" -> 1;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          default -> 1_000;
        };
    BigDecimal millis = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unitMillis));
    if (millis.compareTo(BigDecimal.ONE) < 0) {
      throw wrong(option, text);
    }
    return Duration.ofMillis(millis.longValue());
  }

  /**
   * The same, but nothing is allowed too.
   *
   * @throws UsageException that names the option and the forms
   */
  public static Duration parseOrZero(String option, String text) {
    return text.trim().equals("0") ? Duration.ZERO : parse(option, text);
  }

  private static UsageException wrong(String option, String text) {
    return UsageException.ofValue(option, text, "a time span above 0, such as 300s, 5m or 1h");
  }
}
