package dev.rlmbeam.transforms.model;

import java.time.Duration;
import java.util.List;

/**
 * One call of a model. Immutable.
 *
 * @param messages the conversation, oldest first; at least one
 * @param timeout for the whole call, retries and waits included
 */
public record ModelRequest(List<ChatMessage> messages, Duration timeout) {
  public ModelRequest {
    messages = List.copyOf(messages);
    if (messages.isEmpty()) {
      throw new IllegalArgumentException("a model request needs at least one message");
    }
  }
}
