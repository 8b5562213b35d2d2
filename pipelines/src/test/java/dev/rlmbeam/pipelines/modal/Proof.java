package dev.rlmbeam.pipelines.modal;

import java.util.Locale;
import java.util.logging.Logger;

/**
 * How much of the proof of Modal's client is run, and what it prints: all of it with {@code
 * -Drlm.prove.modal=true}, else a tenth.
 */
final class Proof {
  static final String PROPERTY = "rlm.prove.modal";
  static final boolean WHOLE = Boolean.getBoolean(PROPERTY);
  static final int ELEMENTS = WHOLE ? 200 : 20;
  static final int SANDBOXES = WHOLE ? 20 : 4;

  private static final Logger LOG = Logger.getLogger(Proof.class.getName());

  private Proof() {}

  /** A line for {@code docs/proofs/modal.md}. */
  static void line(String format, Object... values) {
    LOG.info("proof: " + String.format(Locale.ROOT, format, values));
  }
}
