package dev.rlmbeam.pipelines.bench;

import dev.rlmbeam.sandbox.repl.ContextSource;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** A short text, as a row of an input brings it. */
record InlineContext(String text) implements ContextSource {

  @Override
  public String name() {
    return "context";
  }

  @Override
  public Type type() {
    return Type.TEXT;
  }

  @Override
  public Optional<String> sha256() {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Optional.of(HexFormat.of().formatHex(newSha256().digest(bytes)));
  }

  static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public String place() {
    return "inline";
  }

  @Override
  public InputStream open() {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }
}
