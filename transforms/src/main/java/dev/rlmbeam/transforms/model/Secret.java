package dev.rlmbeam.transforms.model;

import java.util.regex.Pattern;

/** A key in the worker's memory. It prints as {@code ****} and is not serialisable. Immutable. */
final class Secret {
  // Services quote a wrong key in part, and gateways quote the key of the service behind them.
  private static final Pattern KEY_LIKE =
      Pattern.compile("(?i)\\b(sk-[\\w*.-]{4,}|bearer\\s+[\\w*.~+/=-]{4,})");

  private final String value;

  Secret(String value) {
    this.value = value;
  }

  String reveal() {
    return value;
  }

  /** The text without this key and without anything that looks like one. */
  String scrub(String text) {
    return scrubKeyLike(text.replace(value, "****"));
  }

  static String scrubKeyLike(String text) {
    return KEY_LIKE.matcher(text).replaceAll("****");
  }

  @Override
  public String toString() {
    return "****";
  }
}
