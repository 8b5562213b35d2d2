package dev.rlmbeam.transforms.rlm;

import dev.rlmbeam.transforms.model.ChatMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * The messages of one RLM so far. Only ever appended to, so that a provider's prefix cache holds.
 * One thread at a time.
 */
final class Conversation {
  private final List<ChatMessage> messages = new ArrayList<>();

  void add(ChatMessage message) {
    messages.add(message);
  }

  /** The messages as they stand now; later ones do not show in it. */
  List<ChatMessage> snapshot() {
    return List.copyOf(messages);
  }
}
