package dev.rlmbeam.transforms.rlm;

import dev.rlmbeam.sandbox.repl.ExecutionResult;
import dev.rlmbeam.transforms.model.ChatMessage;
import dev.rlmbeam.transforms.rlm.trajectory.BlockRecord;
import dev.rlmbeam.transforms.rlm.trajectory.SubCallRecord;
import dev.rlmbeam.transforms.rlm.trajectory.TurnRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects what is known of the turn that is under way, for its record. One thread at a time. */
final class TurnLog {
  private final int number;
  private final Instant startedAt;
  private final List<ChatMessage> prompt;
  private final List<BlockRecord> blocks = new ArrayList<>();
  private String response = "";

  TurnLog(int number, Instant startedAt, List<ChatMessage> prompt) {
    this.number = number;
    this.startedAt = startedAt;
    this.prompt = prompt;
  }

  int number() {
    return number;
  }

  List<ChatMessage> prompt() {
    return prompt;
  }

  void response(String text) {
    response = text;
  }

  BlockRecord block(
      String code,
      ExecutionResult result,
      String contextPreview,
      List<SubCallRecord> calls,
      Optional<String> answer) {
    String stderr = result.stderr();
    if (result.error().isPresent()) {
      String traceback = ReplOutput.traceback(result.error().get());
      stderr = stderr.isEmpty() ? traceback : stderr.stripTrailing() + "\n" + traceback;
    }
    return add(
        new BlockRecord(
            code,
            result.stdout(),
            stderr,
            contextPreview,
            result.variables(),
            result.elapsed(),
            calls,
            answer));
  }

  /** A block that has no result, because the run ended in it. */
  BlockRecord unfinishedBlock(
      String code, String why, String contextPreview, List<SubCallRecord> calls, Duration elapsed) {
    return add(
        new BlockRecord(
            code, "", why, contextPreview, List.of(), elapsed, calls, Optional.empty()));
  }

  private BlockRecord add(BlockRecord block) {
    blocks.add(block);
    return block;
  }

  TurnRecord record(
      Optional<String> finalAnswer, Optional<Duration> elapsed, Optional<String> failure) {
    return new TurnRecord(
        number, startedAt, prompt, response, blocks, finalAnswer, elapsed, failure);
  }
}
