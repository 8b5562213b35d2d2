package dev.rlmbeam.transforms.rlm;

import dev.rlmbeam.sandbox.repl.ContextSource;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A context at hand. */
record TextContext(String name, String text, Type type) implements ContextSource {

  TextContext(String name, String text) {
    this(name, text, Type.TEXT);
  }

  @Override
  public Optional<String> sha256() {
    return Optional.empty();
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
