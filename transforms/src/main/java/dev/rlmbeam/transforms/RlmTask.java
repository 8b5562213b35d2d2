package dev.rlmbeam.transforms;

import java.io.Serializable;

/**
 * One element: a question over a context. Immutable.
 *
 * @param id names the task in results, failures and trajectories; unique in the run
 * @param query what is asked
 * @param context what it is asked about
 * @param source where the task came from, for errors: {@code rows.jsonl:17}; may be empty
 */
public record RlmTask(String id, String query, RlmContext context, String source)
    implements Serializable {

  public RlmTask {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("a task needs an id");
    }
  }

  /** A task over a text, from nowhere in particular. */
  public static RlmTask of(String id, String query, String context) {
    return new RlmTask(id, query, RlmContext.text(context), "");
  }
}
