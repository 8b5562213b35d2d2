package dev.rlmbeam.pipelines.formats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** The JSON of values that JSON itself does not have. Thread-safe. */
final class Values {
  static final JsonNodeFactory JSON = JsonNodeFactory.withExactBigDecimals(true);
  private static final BigInteger UNSIGNED = BigInteger.ONE.shiftLeft(64);

  private Values() {}

  /** Text, if the bytes are UTF-8. */
  static Optional<JsonNode> text(ByteBuffer bytes) {
    try {
      return Optional.of(
          JSON.textNode(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString()));
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** Bytes: base64 where they are written, and no text where one is needed. */
  static JsonNode bytes(byte[] bytes) {
    return JSON.binaryNode(bytes);
  }

  /** A number; what is none is text. */
  static JsonNode number(double value) {
    return Double.isFinite(value) ? JSON.numberNode(value) : JSON.textNode(Double.toString(value));
  }

  /** The same, with the digits of a {@code float}. */
  static JsonNode number(float value) {
    return Float.isFinite(value) ? JSON.numberNode(value) : JSON.textNode(Float.toString(value));
  }

  /** The same for a {@code float} of 16 bits, which Java 17 does not know. */
  static JsonNode half(short bits) {
    int exponent = (bits >> 10) & 0x1F;
    int fraction = bits & 0x3FF;
    double size =
        switch (exponent) {
          case 0 -> Math.scalb((double) fraction, -24);
          case 0x1F -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
          default -> Math.scalb(1024.0 + fraction, exponent - 25);
        };
    return number(bits < 0 ? -size : size);
  }

  static JsonNode unsigned(long value) {
    BigInteger signed = BigInteger.valueOf(value);
    return JSON.numberNode(value < 0 ? signed.add(UNSIGNED) : signed);
  }

  /**
   * Bytes of the longest decimal. As many digits as a number of a row of JSON may have; to write
   * millions of them takes hours.
   */
  static final int MAX_DECIMAL_BYTES = 4096;

  /** What is said of a longer one. */
  static String tooLongDecimal(String field, int bytes) {
    return "The field '"
        + field
        + "' is a decimal of "
        + bytes
        + " bytes, more than "
        + MAX_DECIMAL_BYTES
        + "; write it as a text.";
  }

  /** All digits, those behind the point that are zero too. */
  static JsonNode decimal(BigInteger unscaled, int scale) {
    return JSON.numberNode(new BigDecimal(unscaled, scale));
  }

  static JsonNode uuid(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return JSON.textNode(new UUID(buffer.getLong(), buffer.getLong()).toString());
  }

  /** {@code 2026-11-23}. */
  static JsonNode date(long epochDay) {
    try {
      return JSON.textNode(LocalDate.ofEpochDay(epochDay).toString());
    } catch (DateTimeException e) {
      return JSON.numberNode(epochDay);
    }
  }

  /** {@code 17:44:41.5}. */
  static JsonNode time(long value, TimeUnit unit) {
    try {
      LocalTime time = LocalTime.ofNanoOfDay(unit.toNanos(value));
      return JSON.textNode(DateTimeFormatter.ISO_LOCAL_TIME.format(time));
    } catch (DateTimeException e) {
      return JSON.numberNode(value);
    }
  }

  /** {@code 2026-11-23T17:44:41.5Z}; of no time zone without the {@code Z}. */
  static JsonNode timestamp(long value, TimeUnit unit, boolean utc) {
    long inSecond = unit.convert(1, TimeUnit.SECONDS);
    long nanos = unit.toNanos(Math.floorMod(value, inSecond));
    return timestamp(Math.floorDiv(value, inSecond), nanos, utc);
  }

  /** The same for seconds and what is more in nanoseconds. */
  static JsonNode timestamp(long seconds, long nanos, boolean utc) {
    LocalDateTime time =
        LocalDateTime.ofInstant(Instant.ofEpochSecond(seconds, nanos), ZoneOffset.UTC);
    return JSON.textNode(DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(time) + (utc ? "Z" : ""));
  }
}
