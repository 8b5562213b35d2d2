package dev.rlmbeam.pipelines.doctor;

/**
 * What a check has found. Immutable.
 *
 * @param state how it stands
 * @param what was looked at
 * @param detail what is there, or what is wrong
 * @param cure what to do; empty when there is nothing to do
 */
public record Finding(State state, String what, String detail, String cure) {

  /** How something stands. */
  public enum State {
    /** It is there. */
    OK,
    /** Some runs want it; one with these options does not. */
    NOTE,
    /** A run with these options cannot do without. */
    PROBLEM
  }

  static Finding ok(String what, String detail) {
    return new Finding(State.OK, what, detail, "");
  }

  static Finding note(String what, String detail, String cure) {
    return new Finding(State.NOTE, what, detail, cure);
  }

  static Finding problem(String what, String detail, String cure) {
    return new Finding(State.PROBLEM, what, detail, cure);
  }
}
