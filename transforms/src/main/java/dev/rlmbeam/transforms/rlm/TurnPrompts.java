package dev.rlmbeam.transforms.rlm;

import dev.rlmbeam.sandbox.repl.LoadedContext;
import java.util.List;

/** What the loop says to the root model as the user. Immutable. */
final class TurnPrompts {
  // A viewer of trajectories shows as the question the first user message of this length that does
  // not hold the phrase.
  private static final int SHOWN_FROM = 51;
  private static final int SHOWN_TO = 499;
  private static final String NOT_SHOWN = "answer the prompt";
  private static final int REMINDER_CHARS = 160;

  private final int maxTurns;

  TurnPrompts(int maxTurns) {
    this.maxTurns = maxTurns;
  }

  /** The question, and what the context is like. */
  String question(RlmQuestion question, List<LoadedContext> loaded) {
    StringBuilder text = new StringBuilder("Answer the following: ").append(question.query());
    if (loaded.isEmpty()) {
      return text.append("\n\nYour context is empty: there is no variable `context`.").toString();
    }
    ContextShape shape = question.shape();
    long characters = shape.characters().orElse(loaded.get(0).codePoints());
    text.append("\n\nYour context is a `")
        .append(shape.type())
        .append("` of ")
        .append(characters)
        .append(" characters in all, in the variable `")
        .append(loaded.get(0).name())
        .append("`. One query can take in about 100,000 of them.");
    for (LoadedContext other : loaded.subList(1, loaded.size())) {
      text.append(" The variable `")
          .append(other.name())
          .append("` holds another ")
          .append(other.codePoints())
          .append(" characters.");
    }
    return text.toString();
  }

  /**
   * The message that opens a turn.
   *
   * @param notes on the turn before, empty if there is nothing to say
   */
  String turn(int number, RlmQuestion question, String questionMessage, List<String> notes) {
    StringBuilder text = new StringBuilder("Turn " + number + "/" + maxTurns + ":");
    for (String note : notes) {
      text.append('\n').append(note);
    }
    if (number == 1) {
      text.append(
          "\nYou have not seen the context yet. Look at it in the REPL before anything else");
      text.append(number == maxTurns ? "." : ", and do not answer in this turn.");
      text.append(reminder(question, questionMessage));
    }
    if (number == maxTurns) {
      text.append(
          "\nThis is the last turn: set `answer[\"content\"]` and `answer[\"ready\"] = True` in it.");
    } else if (number > 1) {
      text.append("\nGo on with the next `repl` block, or set `answer` if you are sure.");
    }
    return text.toString();
  }

  /** Asks for the answer itself when all turns are used. */
  String defaultAnswer() {
    return "All "
        + maxTurns
        + " turns are used and no more code is run. Give your final answer to the question now, from"
        + " what you have seen: plain text, nothing but the answer.";
  }

  /** A question too long to be shown by the viewer is shown by its beginning. */
  private static String reminder(RlmQuestion question, String questionMessage) {
    boolean shown =
        questionMessage.length() >= SHOWN_FROM
            && questionMessage.length() <= SHOWN_TO
            && !questionMessage.contains(NOT_SHOWN);
    if (shown) {
      return "";
    }
    String beginning =
        CodePoints.head(question.query().strip(), REMINDER_CHARS).replace('"', '\'').strip();
    return "\nThe original query: \"" + beginning + "...\" (in full above).";
  }
}
