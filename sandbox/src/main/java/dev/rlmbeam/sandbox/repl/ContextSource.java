package dev.rlmbeam.sandbox.repl;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * One context of a session: bytes that can be read, perhaps more than once, and how they become a
 * Python value. They are streamed into the sandbox and never held whole.
 */
public interface ContextSource {
  /**
   * How the bytes become a value: {@code TEXT} is UTF-8 text, {@code JSON} one JSON value in UTF-8.
   */
  enum Type {
    TEXT,
    JSON
  }

  /** The variable's name in the REPL: {@code context} for the first. */
  String name();

  /** How the bytes become a value. */
  Type type();

  /**
   * Lower-case hex SHA-256 of the bytes, if known before they are read. Then an upload can be
   * spared.
   */
  Optional<String> sha256();

  /** For a person: a path or "inline". Stands in errors. */
  String place();

  /** Opens the bytes from the start; the caller closes the stream. */
  InputStream open() throws IOException;
}
