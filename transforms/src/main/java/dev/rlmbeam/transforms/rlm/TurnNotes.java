package dev.rlmbeam.transforms.rlm;

import java.util.ArrayList;
import java.util.List;

/** What the root model is told about a response of its that did not go as it meant. */
final class TurnNotes {
  private TurnNotes() {}

  static String emptyReply(boolean truncated) {
    return truncated
        ? "Your last reply was cut off at its length limit before it said anything."
            + " Write a short reply with one `repl` block."
        : "Your last reply was empty. Write a `repl` block.";
  }

  static List<String> on(ResponseCode code, boolean truncated) {
    List<String> notes = new ArrayList<>();
    if (truncated) {
      notes.add("Your last message was cut off at its length limit. Write shorter ones.");
    }
    if (code.tooMany()) {
      notes.add(
          "Your last message held too many `repl` blocks; only the first "
              + code.blocks().size()
              + " were run. Write one block a message.");
    }
    if (code.unclosed()) {
      notes.add("A `repl` block of your last message was never closed, so it was not run.");
    } else if (code.blocks().isEmpty()) {
      String what =
          code.otherLanguage()
              ? "held code, but not in a block marked `repl`"
              : "held no `repl` block";
      notes.add(
          "Your last message "
              + what
              + ", so nothing was run. An answer, too, is given in code: set `answer[\"content\"]`"
              + " and `answer[\"ready\"]`.");
    }
    return notes;
  }

  static String skipped(int blocks) {
    return blocks == 1
        ? "The block after it was not run, because the REPL was restarted."
        : "The " + blocks + " blocks after it were not run, because the REPL was restarted.";
  }
}
