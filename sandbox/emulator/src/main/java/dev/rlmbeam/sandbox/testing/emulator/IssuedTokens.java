package dev.rlmbeam.sandbox.testing.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Auth tokens: signed, with an end. Thread-safe. */
final class IssuedTokens {
  private static final String ALGORITHM = "HmacSHA256";
  private static final String HEADER = encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");

  private final Clock clock;
  private final Duration lifetime;
  private final SecretKeySpec key;

  IssuedTokens(Clock clock, Duration lifetime) {
    this.clock = clock;
    this.lifetime = lifetime;
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    key = new SecretKeySpec(secret, ALGORITHM);
  }

  /** In seconds, to a server whose clock is so far behind. */
  private long now(long behindSeconds) {
    return clock.instant().getEpochSecond() - behindSeconds;
  }

  /**
   * Makes one.
   *
   * @param expiredFor makes one that is good here, and looks as if it had ended so long ago to
   *     anyone whose clock is right
   */
  String issue(Optional<Duration> expiredFor) {
    long behind = expiredFor.map(span -> lifetime.plus(span).toSeconds()).orElse(0L);
    long now = now(behind);
    String payload =
        encode(
            String.format(
                "{\"iat\":%d,\"exp\":%d,\"behind\":%d}", now, now + lifetime.toSeconds(), behind));
    return HEADER + "." + payload + "." + sign(HEADER + "." + payload);
  }

  /** What is wrong with a token; empty if nothing is. */
  Optional<String> trouble(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return Optional.of("the auth token is no JWT");
    }
    byte[] signature = sign(parts[0] + "." + parts[1]).getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(signature, parts[2].getBytes(StandardCharsets.UTF_8))) {
      return Optional.of("the auth token is not one of this server");
    }
    try {
      JsonNode payload = new ObjectMapper().readTree(Base64.getUrlDecoder().decode(parts[1]));
      return payload.path("exp").asLong() > now(payload.path("behind").asLong())
          ? Optional.empty()
          : Optional.of("the auth token has expired");
    } catch (IOException e) {
      throw new IllegalStateException("a token of this server cannot be read", e);
    }
  }

  private String sign(String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return encode(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }

  private static String encode(String text) {
    return encode(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
