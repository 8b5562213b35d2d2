package dev.rlmbeam.transforms.rlm;

import dev.rlmbeam.sandbox.repl.ContextSource;
import java.util.List;

/**
 * What one RLM is asked. Immutable.
 *
 * @param id of the task, for logs, errors and the trajectory
 * @param query the question itself
 * @param contexts what the question is about, bound in the REPL in this order; the first is called
 *     "context"
 * @param shape type and size of the first context, which the model is told
 */
public record RlmQuestion(
    String id, String query, List<ContextSource> contexts, ContextShape shape) {
  public RlmQuestion {
    contexts = List.copyOf(contexts);
  }
}
