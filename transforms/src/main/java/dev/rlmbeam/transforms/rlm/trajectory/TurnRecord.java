package dev.rlmbeam.transforms.rlm.trajectory;

import dev.rlmbeam.transforms.model.ChatMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One turn. Immutable.
 *
 * @param number from 1; the request for a default answer has the one after the last turn
 * @param startedAt when the root model was asked
 * @param prompt all messages that were sent to the root model, oldest first
 * @param response its text; empty when there was none
 * @param blocks the code that was run, in order
 * @param finalAnswer the task's answer, if this turn gave it
 * @param elapsed of the whole turn; empty for the default answer, which runs no code
 * @param failure why the task failed in this turn, if it did
 */
public record TurnRecord(
    int number,
    Instant startedAt,
    List<ChatMessage> prompt,
    String response,
    List<BlockRecord> blocks,
    Optional<String> finalAnswer,
    Optional<Duration> elapsed,
    Optional<String> failure) {
  public TurnRecord {
    prompt = List.copyOf(prompt);
    blocks = List.copyOf(blocks);
  }
}
