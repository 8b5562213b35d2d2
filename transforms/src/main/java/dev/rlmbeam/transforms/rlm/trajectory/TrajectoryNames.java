package dev.rlmbeam.transforms.rlm.trajectory;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;

/**
 * File names of trajectories: {@code NAME_YYYY-MM-DD_HH-MM-SS_8HEX.jsonl}, times in UTC, safe on
 * every file system whatever the task's id. Two ids never share a name.
 */
public final class TrajectoryNames {
  private static final int NAME_CHARS = 60;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd_HH-mm-ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private TrajectoryNames() {}

  static String of(String id, int attempt, Instant startedAt) {
    String hash = sha256(id + "\n" + attempt + "\n" + startedAt);
    return safe(id) + "_" + TIME.format(startedAt) + "_" + hash.substring(0, 8) + ".jsonl";
  }

  /** The id itself where it is a plain name, else what is plain of it and a hash of the whole. */
  public static String safe(String id) {
    String plain = id.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[.-]+", "");
    if (plain.equals(id) && !id.isEmpty() && id.length() <= NAME_CHARS) {
      return id;
    }
    String head = plain.substring(0, Math.min(plain.length(), NAME_CHARS - 17));
    return (head.isEmpty() ? "task" : head) + "-" + sha256(id).substring(0, 16);
  }

  private static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
