package dev.rlmbeam.transforms.model.offline;

import dev.rlmbeam.transforms.model.ChatMessage;
import dev.rlmbeam.transforms.model.ChatMessage.Role;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The conversation of a turn loop, and what the keyword matcher says next in it. Immutable. */
final class RootConversation {
  private static final String ASKED = "Answer the following: ";
  private static final String CONTEXT_PARAGRAPH = "\n\nYour context";
  private static final Pattern TURN = Pattern.compile("(?m)^Turn (\\d+)/(\\d+)");
  // As Python prints them, or as the loop reports a block that was ended and a session that is new.
  private static final Pattern TROUBLE =
      Pattern.compile("(?m)^Traceback |^\\w*(?:Error|Exception|Interrupt)\\b|REPL was restarted");

  private final List<ChatMessage> messages;

  RootConversation(List<ChatMessage> messages) {
    this.messages = messages;
  }

  /** The next response of the root model. */
  String next() {
    String last = messages.get(messages.size() - 1).content();
    if (finalAnswerWanted(last)) {
      return bestSeen();
    }
    int turnsDone = 0;
    for (ChatMessage message : messages) {
      turnsDone += message.role() == Role.ASSISTANT ? 1 : 0;
    }
    String question = question();
    if (turnsDone >= 2 && troubled()) {
      return turnsDone == 2 || turnsDone == 3
          ? RootProgram.all(question, "That failed; I do all of it again in one block.")
          : RootProgram.giveUp();
    }
    if (lastTurn(last) && turnsDone < 2) {
      return RootProgram.all(question, "There is no turn left after this one: all in one block.");
    }
    return switch (turnsDone) {
      case 0 -> RootProgram.look();
      case 1 -> RootProgram.ask(question);
      case 2 -> RootProgram.choose();
      default -> RootProgram.giveUp();
    };
  }

  private String question() {
    for (ChatMessage message : messages) {
      if (message.role() == Role.USER) {
        String text = message.content();
        int end = text.indexOf(CONTEXT_PARAGRAPH);
        String head = end < 0 ? text : text.substring(0, end);
        return head.startsWith(ASKED) ? head.substring(ASKED.length()) : end == 0 ? "" : head;
      }
    }
    return "";
  }

  /** True when the code of the last turn ended in an error or its variables were lost. */
  private boolean troubled() {
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (messages.get(i).role() == Role.ASSISTANT) {
        return false;
      }
      if (TROUBLE.matcher(messages.get(i).content()).find()) {
        return true;
      }
    }
    return false;
  }

  private static boolean lastTurn(String last) {
    Matcher turn = TURN.matcher(last);
    return turn.find() && turn.group(1).equals(turn.group(2));
  }

  private static boolean finalAnswerWanted(String last) {
    return !TURN.matcher(last).find() && last.toLowerCase(Locale.ROOT).contains("final answer");
  }

  /** The best of the candidates that the program printed, or "not found". */
  private String bestSeen() {
    StringBuilder candidates = new StringBuilder();
    for (ChatMessage message : messages) {
      if (message.role() == Role.USER && message.content().contains(" candidates, ")) {
        message
            .content()
            .lines()
            .filter(line -> line.startsWith("- "))
            .forEach(line -> candidates.append(line.substring(2)).append('\n'));
      }
    }
    return SubPrompt.parse(
            SubPrompt.QUESTION
                + " "
                + question()
                + "\n\n"
                + SubPrompt.CANDIDATES
                + "\n"
                + candidates)
        .answer();
  }
}
