package dev.rlmbeam.transforms.model.offline;

import dev.rlmbeam.transforms.model.ChatMessage;
import dev.rlmbeam.transforms.model.LanguageModel;
import dev.rlmbeam.transforms.model.ModelRequest;
import dev.rlmbeam.transforms.model.ModelResponse;
import dev.rlmbeam.transforms.model.ModelUsage;
import java.util.List;

/**
 * The keyword matcher as a model. Who has a system prompt is a root model; a prompt alone goes to a
 * sub-model. It reports no tokens, for there are none. Thread-safe: it keeps nothing.
 */
final class OfflineModel implements LanguageModel {

  @Override
  public String name() {
    return OfflineModelFactory.NAME;
  }

  @Override
  public ModelResponse generate(ModelRequest request) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted before the match began");
    }
    String text = answer(request.messages());
    return new ModelResponse(text, new ModelUsage(1, 0, 0, null), false);
  }

  private static String answer(List<ChatMessage> messages) {
    for (ChatMessage message : messages) {
      if (message.role() == ChatMessage.Role.SYSTEM) {
        return new RootConversation(messages).next();
      }
    }
    return SubPrompt.parse(messages.get(messages.size() - 1).content()).answer();
  }
}
