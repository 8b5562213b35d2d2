package dev.rlmbeam.sandbox.repl;

import java.util.List;

/** What an agent tells through the stream of events. */
sealed interface AgentEvent {

  /** First line of a stream, or the head of a poll's answer. Not numbered. */
  record Opened(String epoch) implements AgentEvent {}

  /** Nothing has happened. Not numbered. */
  record Beat() implements AgentEvent {}

  /** Code asks. */
  record Asked(long seq, ModelQuery query) implements AgentEvent {}

  /** Nobody waits for these queries any more. */
  record Withdrawn(long seq, String session, List<String> ids) implements AgentEvent {
    public Withdrawn {
      ids = List.copyOf(ids);
    }
  }

  /** A block is over. */
  record Executed(long seq, String session, String execution, ExecutionResult result)
      implements AgentEvent {}

  /** Broken, or made so by the code that it is about. */
  record Unreadable(EventHeader header, String reason) implements AgentEvent {}

  /** From a newer agent; passed over. */
  record Unknown(long seq) implements AgentEvent {}
}
