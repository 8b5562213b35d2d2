package dev.rlmbeam.transforms.rlm.trajectory;

/** How much of a turn's prompt its line holds. */
public enum PromptHistory {
  /**
   * Every message, as the reference writes it: each line stands alone, and the file grows with the
   * square of the turns.
   */
  FULL,
  /**
   * From the second turn on, only what is new since the turn before, after a message that says how
   * many are left out ({@code prompt_omitted} in the line).
   */
  NEW_ONLY
}
