package dev.rlmbeam.transforms.model;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/** How long to wait before the next attempt. */
final class RetryDelays {
  static final Duration FIRST = Duration.ofMillis(500);
  static final Duration LONGEST = Duration.ofSeconds(16);

  private RetryDelays() {}

  /**
   * The delay after a failed attempt: doubling from half a second to 16 s, of which a random half
   * is taken off so that many calls that failed together do not come back together. What the
   * service asked for is never cut short, only lengthened by up to a tenth; one that asks for no
   * delay at all, while it refuses, gets the usual one: five attempts within a tenth of a second
   * are none.
   *
   * @param failed attempts that failed so far, at least 1
   */
  static Duration after(int failed, Optional<Duration> asked, double random) {
    if (asked.isPresent() && !asked.get().isZero()) {
      return scale(asked.get(), 1 + random / 10);
    }
    long doubled = FIRST.toMillis() << Math.min(failed - 1, 10);
    return scale(Duration.ofMillis(Math.min(doubled, LONGEST.toMillis())), 1 - random / 2);
  }

  /** What the service asked for: {@code retry-after-ms}, or {@code Retry-After} in either form. */
  static Optional<Duration> asked(Headers headers, Instant now) {
    Optional<Double> millis = number(headers.get("retry-after-ms"));
    if (millis.isPresent()) {
      return millis.map(value -> Duration.ofNanos((long) (value * 1e6)));
    }
    String text = headers.get("Retry-After");
    if (text == null) {
      return Optional.empty();
    }
    Optional<Double> seconds = number(text);
    if (seconds.isPresent()) {
      return seconds.map(value -> Duration.ofNanos((long) (value * 1e9)));
    }
    try {
      Instant then =
          ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Optional.of(then.isAfter(now) ? Duration.between(now, then) : Duration.ZERO);
    } catch (DateTimeException e) {
      // Neither seconds nor a date: as good as no header.
      return Optional.empty();
    }
  }

  private static Optional<Double> number(@Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    try {
      double value = Double.parseDouble(text.strip());
      // Beyond this is longer than any deadline, and keeps the arithmetic within a long.
      return value >= 0 ? Optional.of(Math.min(value, 1_000_000_000.0)) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Duration scale(Duration duration, double factor) {
    return Duration.ofNanos((long) (duration.toNanos() * factor));
  }
}
