package dev.rlmbeam.sandbox;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/** A sandbox's bearer token. Immutable; never printed. */
public final class SandboxToken {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String value;

  private SandboxToken(String value) {
    this.value = value;
  }

  /** A new token of 256 random bits. */
  public static SandboxToken random() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return new SandboxToken(HexFormat.of().formatHex(bytes));
  }

  /** The value of the {@code Authorization} header. */
  public String authorization() {
    return "Bearer " + value;
  }

  /** What the agent is given: it can check the token, and holds nothing that could be stolen. */
  public String sha256() {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return "****";
  }
}
