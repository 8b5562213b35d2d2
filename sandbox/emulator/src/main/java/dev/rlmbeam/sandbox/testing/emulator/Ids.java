package dev.rlmbeam.sandbox.testing.emulator;

import java.security.SecureRandom;

/** Names as Modal makes them: their shape says what is named, and of which backend it is. */
final class Ids {
  private static final String LETTERS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  /** Without those that look like others. */
  private static final String ULID_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

  private static final int LENGTH = 22;
  private static final int ULID_TIME_LETTERS = 10;
  private static final int ULID_RANDOM_LETTERS = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Ids() {}

  /** Such as {@code ap-} and 22 letters and digits. */
  static String of(String prefix) {
    return prefix + letters(LENGTH, LETTERS);
  }

  /** A sandbox of the newer backend: the prefix and a ULID. */
  static String ulid(String prefix) {
    StringBuilder time = new StringBuilder();
    long millis = System.currentTimeMillis();
    for (int i = 0; i < ULID_TIME_LETTERS; i++) {
      time.insert(0, ULID_LETTERS.charAt((int) (millis & 31)));
      millis >>>= 5;
    }
    return prefix + time + letters(ULID_RANDOM_LETTERS, ULID_LETTERS);
  }

  private static String letters(int count, String alphabet) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(alphabet.charAt(RANDOM.nextInt(alphabet.length())));
    }
    return text.toString();
  }
}
