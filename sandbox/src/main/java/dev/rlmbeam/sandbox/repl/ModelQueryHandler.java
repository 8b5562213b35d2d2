package dev.rlmbeam.sandbox.repl;

import java.util.concurrent.CompletableFuture;

/**
 * Answers the model queries of one session. The inversion that keeps language models out of this
 * module.
 */
public interface ModelQueryHandler {

  /**
   * Starts to answer a query. Called on the poller's thread, so it returns at once; the answer
   * comes through the future, from any thread. A future that fails becomes an error in the sandbox.
   * The poller cancels the future when nobody waits for the answer any more (the session was closed
   * or restarted, or the sandbox is gone).
   */
  CompletableFuture<ModelAnswer> answer(ModelQuery query);
}
