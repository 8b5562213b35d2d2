package dev.rlmbeam.transforms.rlm;

import dev.rlmbeam.sandbox.repl.LoadedContext;
import dev.rlmbeam.transforms.model.ChatMessage;
import java.util.List;

/** What the root model is told before it says anything. */
public final class FirstTurn {
  private FirstTurn() {}

  /**
   * The messages of the first turn, as they are sent.
   *
   * @param loaded the contexts as they stand in the sandbox
   */
  public static List<ChatMessage> messages(
      RlmQuestion question, List<LoadedContext> loaded, RlmSettings settings) {
    TurnPrompts prompts = new TurnPrompts(settings.maxTurns());
    String asked = prompts.question(question, loaded);
    return List.of(
        ChatMessage.system(SystemPrompt.of(settings)),
        ChatMessage.user(asked),
        ChatMessage.user(prompts.turn(1, question, asked, List.of())));
  }
}
