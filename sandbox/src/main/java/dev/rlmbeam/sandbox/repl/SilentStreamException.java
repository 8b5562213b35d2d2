package dev.rlmbeam.sandbox.repl;

import java.io.IOException;

/** A stream was asked for over a connection that stands, and not even its head came. */
final class SilentStreamException extends IOException {
  private static final long serialVersionUID = 1L;

  SilentStreamException(IOException cause) {
    super(cause);
  }
}
