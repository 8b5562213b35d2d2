package dev.rlmbeam.pipelines.io;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of texts: names that are the same on every machine and in every run. */
public final class ContentHash {
  private static final int ID_CHARS = 16;

  private ContentHash() {}

  /** The id of a task that has none: of its question and its context. */
  public static String id(String query, String context) {
    MessageDigest digest = sha256();
    digest.update(query.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
    digest.update(context.getBytes(StandardCharsets.UTF_8));
    return "sha256-" + HexFormat.of().formatHex(digest.digest()).substring(0, ID_CHARS);
  }

  /** True for ids that {@link #id} has made. */
  static boolean made(String id) {
    return id.startsWith("sha256-") && id.length() == "sha256-".length() + ID_CHARS;
  }

  /** An id that was made, without the number that tells it from others of the same content. */
  static String withoutNumber(String id) {
    int dash = id.lastIndexOf('-');
    boolean numbered = dash > 0 && made(id.substring(0, dash)) && id.length() > dash + 1;
    return numbered ? id.substring(0, dash) : id;
  }

  /** All 64 hex digits for a text. */
  static String hex(String text) {
    return hex(text.getBytes(StandardCharsets.UTF_8));
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
