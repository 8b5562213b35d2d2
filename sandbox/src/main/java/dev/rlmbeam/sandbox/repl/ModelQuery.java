package dev.rlmbeam.sandbox.repl;

import java.util.List;
import java.util.Optional;

/**
 * What code in a session asked with {@code llm_query()} or {@code llm_query_batched()}. Immutable;
 * nothing in it is to be trusted.
 *
 * @param id unique in the sandbox; a repeated event has the same id and never reaches a handler
 *     again
 * @param session which session asked, as the agent knows it from the session's own socket
 * @param batched whether the code expects a list of answers
 * @param prompts one prompt, or those of the batch in order; may be empty for a batch
 * @param model the model that the code wishes for, if it named one
 */
public record ModelQuery(
    String id, String session, boolean batched, List<String> prompts, Optional<String> model) {
  public ModelQuery {
    prompts = List.copyOf(prompts);
  }
}
