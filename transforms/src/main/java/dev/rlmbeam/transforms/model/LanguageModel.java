package dev.rlmbeam.transforms.model;

/** A chat model. Thread-safe: many calls are under way at once. Who creates it closes it. */
public interface LanguageModel extends AutoCloseable {

  /** The name that stands in usage, trajectories and results. */
  String name();

  /**
   * Asks for one response. Blocks until it is there, at the longest {@link ModelRequest#timeout()},
   * retries included.
   *
   * @throws ModelException when there is no response to be had
   * @throws InterruptedException when interrupted; the call is ended, not left to run
   */
  ModelResponse generate(ModelRequest request) throws InterruptedException;

  /** Ends calls under way and frees what the model holds. May be called twice. */
  @Override
  default void close() {}
}
