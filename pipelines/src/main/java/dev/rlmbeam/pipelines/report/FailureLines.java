package dev.rlmbeam.pipelines.report;

import dev.rlmbeam.transforms.RlmFailure;
import java.util.Locale;

/** A failed element in at most three lines: what, where, what went wrong and what to do. */
public final class FailureLines {
  private static final int MESSAGE_CHARS = 300;

  private FailureLines() {}

  /** A text of the input, such as an id, with every control character replaced. */
  public static String printable(String text) {
    return text.replaceAll("[\\p{Cc}\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]", "�");
  }

  /** The lines, the last one without its break. */
  public static String of(RlmFailure failure) {
    String where =
        failure.source().isEmpty() || failure.source().equals(failure.id())
            ? failure.id()
            : failure.source() + " (id " + failure.id() + ")";
    return "failed: "
        + printable(where)
        + ": "
        + failure.errorClass()
        + " at "
        + failure.stage().name().toLowerCase(Locale.ROOT)
        + "\n  "
        + oneLine(failure.message());
  }

  /** A message in one line, cut where it is long, without what a terminal would obey. */
  public static String oneLine(String message) {
    String line = printable(message.strip().replaceAll("\\s*\\R\\s*", " / "));
    return line.length() <= MESSAGE_CHARS ? line : line.substring(0, MESSAGE_CHARS - 1) + "…";
  }
}
