package dev.rlmbeam.transforms;

import java.io.Serializable;

/** The context of a task: given with it, or named by a URI and read on the worker. Immutable. */
public sealed interface RlmContext extends Serializable permits RlmContext.Inline, RlmContext.Ref {

  /**
   * A context that travels with its task.
   *
   * @param value the text itself, or a JSON value in its written form
   * @param json true when {@code value} is JSON and {@code context} becomes the Python value of it
   *     (a list, an object)
   */
  record Inline(String value, boolean json) implements RlmContext {}

  /**
   * A context that is read on the worker, in UTF-8, and streamed into the sandbox.
   *
   * @param uri a path or a URI that Beam's {@code FileSystems} can read
   * @param bytes its size if known, else -1
   * @param json true when it holds JSON and {@code context} becomes the Python value of it
   */
  record Ref(String uri, long bytes, boolean json) implements RlmContext {

    /** A text. */
    public Ref(String uri, long bytes) {
      this(uri, bytes, false);
    }
  }

  /** Whether {@code context} becomes the Python value of JSON, and not a text. */
  boolean json();

  /** A text. */
  static RlmContext text(String text) {
    return new Inline(text, false);
  }

  /** A JSON value (list or object, usually) in its written form. */
  static RlmContext json(String json) {
    return new Inline(json, true);
  }

  /** A file or object, read on the worker. */
  static RlmContext at(String uri) {
    return new Ref(uri, -1);
  }
}
