package dev.rlmbeam.runners.flink;

import java.util.Locale;
import java.util.logging.Logger;

/** How much of the proof is run: all of it with {@code -Drlm.prove.flink=true}, else a part. */
final class Scale {
  static final String PROPERTY = "rlm.prove.flink";
  static final boolean WHOLE = Boolean.getBoolean(PROPERTY);
  private static final Logger LOG = Logger.getLogger(Scale.class.getName());

  private Scale() {}

  /** A line for {@code docs/proofs/flink.md}. */
  static void line(String format, Object... values) {
    LOG.info("proof: " + String.format(Locale.ROOT, format, values));
  }
}
