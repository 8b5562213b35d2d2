package dev.rlmbeam.transforms;

/** What became of a task: every task ends as exactly one of the two. Immutable. */
public sealed interface Finished permits Finished.Result, Finished.Failure {

  /** The task's id. */
  String id();

  /** It was answered. */
  record Result(RlmResult value) implements Finished {
    @Override
    public String id() {
      return value.id();
    }
  }

  /** It was not. */
  record Failure(RlmFailure value) implements Finished {
    @Override
    public String id() {
      return value.id();
    }
  }
}
