package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.report.FailureLines;

/** Words for a shell. */
final class Quoted {
  private Quoted() {}

  /** A word that can be copied into a command line. */
  static String of(String word) {
    String plain = FailureLines.printable(word);
    return plain.matches("[A-Za-z0-9_./:@%+=-]+") ? plain : "'" + plain.replace("'", "'\\''") + "'";
  }
}
