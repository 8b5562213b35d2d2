package dev.rlmbeam.transforms;

import java.io.Serializable;

/**
 * One element: a question over a context. Immutable.
 *
 * @param id names the task in results, failures and trajectories; unique in the run
 * @param query what is asked
 * @param context what it is asked about
 * @param source where the task came from, for errors: {@code rows.jsonl:17}; may be empty
 * @param attributes what goes with the task to its result or failure, and is read by nobody on the
 *     way; empty if nothing
 */
public record RlmTask(String id, String query, RlmContext context, String source, String attributes)
    implements Serializable {

  public RlmTask {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("a task needs an id");
    }
  }

  /** A task that takes nothing with it. */
  public RlmTask(String id, String query, RlmContext context, String source) {
    this(id, query, context, source, "");
  }

  /** A task over a text, from nowhere in particular. */
  public static RlmTask of(String id, String query, String context) {
    return new RlmTask(id, query, RlmContext.text(context), "");
  }

  /** The same task by another name. */
  public RlmTask withId(String id) {
    return new RlmTask(id, query, context, source, attributes);
  }

  /** The same question over another context. */
  public RlmTask withContext(RlmContext context) {
    return new RlmTask(id, query, context, source, attributes);
  }

  /** The same task with this to take to its result or failure. */
  public RlmTask withAttributes(String attributes) {
    return new RlmTask(id, query, context, source, attributes);
  }
}
