package dev.rlmbeam.sandbox;

import java.util.regex.Pattern;

/** Ranges of addresses as people write them: {@code 10.0.0.0/8}, {@code fd00::/8}. */
final class CidrText {
  private static final Pattern FORM = Pattern.compile("[0-9A-Fa-f.:]+/[0-9]{1,3}");

  private CidrText() {}

  /**
   * Passes over one that may be meant. Not each rule for IPv6 is checked: the cloud knows them.
   *
   * @throws IllegalArgumentException that shows it
   */
  static void check(String text) {
    if (!FORM.matcher(text).matches()) {
      throw wrong(text);
    }
    String[] parts = text.split("/", 2);
    boolean six = parts[0].contains(":");
    if (Integer.parseInt(parts[1]) > (six ? 128 : 32)) {
      throw new IllegalArgumentException("this prefix is too long: " + text);
    }
    if (!six && !isIpv4(parts[0])) {
      throw wrong(text);
    }
  }

  private static IllegalArgumentException wrong(String text) {
    return new IllegalArgumentException("this is no range of addresses (10.0.0.0/8): " + text);
  }

  private static boolean isIpv4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return false;
    }
    for (String part : parts) {
      if (!part.matches("[0-9]{1,3}") || Integer.parseInt(part) > 255) {
        return false;
      }
    }
    return true;
  }
}
