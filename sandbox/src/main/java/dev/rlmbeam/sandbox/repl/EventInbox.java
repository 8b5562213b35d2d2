package dev.rlmbeam.sandbox.repl;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what a sandbox's agent tells and hands each event on exactly once, in order. One that
 * cannot be read is the trouble of the session that it concerns, not of all the others in the
 * sandbox. One thread at a time.
 */
final class EventInbox {
  private static final Logger log = LoggerFactory.getLogger(EventInbox.class);

  private final String sandboxId;
  private final Loss loss;
  private final Consumer<AgentEvent> sink;
  private @Nullable String epoch;
  private long after;

  EventInbox(String sandboxId, Loss loss, Consumer<AgentEvent> sink) {
    this.sandboxId = sandboxId;
    this.loss = loss;
    this.sink = sink;
  }

  /** Number of the last event that was handed on. */
  long after() {
    return after;
  }

  /** Takes a line of a stream; says whether it could be read. */
  boolean takeLine(byte[] line) {
    try {
      return take(Json.read(line), line, 0);
    } catch (IOException e) {
      takeUnreadable(EventHeader.read(line, 0), e);
      return false;
    }
  }

  /**
   * Takes the answer to a plain poll, at most up to the first event that cannot be read: the next
   * poll brings those behind it.
   *
   * @return how many events were taken
   */
  int takeAnswer(byte[] answer) throws IOException {
    int events = 0;
    try (JsonParser parser = Json.parser(answer, 0)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("what came is no answer to a poll");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (name.equals("epoch")) {
          checkEpoch(parser.getText());
        } else if (!name.equals("events") || value != JsonToken.START_ARRAY) {
          parser.skipChildren();
        } else {
          while (parser.nextToken() == JsonToken.START_OBJECT) {
            events++;
            int from = (int) parser.currentTokenLocation().getByteOffset();
            if (!takeNext(parser, answer, from)) {
              return events;
            }
          }
        }
      }
    }
    return events;
  }

  private boolean takeNext(JsonParser parser, byte[] answer, int from) throws IOException {
    JsonNode node;
    try {
      node = parser.readValueAsTree();
    } catch (JsonEOFException e) {
      throw e; // cut off; it comes again
    } catch (JsonProcessingException e) {
      EventHeader header = EventHeader.read(answer, from);
      if (header.seq() <= after) {
        throw e;
      }
      takeUnreadable(header, e);
      return false;
    }
    boolean unused = take(node, answer, from);
    return true;
  }

  private boolean take(JsonNode node, byte[] json, int from) {
    AgentEvent event;
    try {
      event = AgentEvents.read(node);
    } catch (RuntimeException e) {
      takeUnreadable(EventHeader.read(json, from), e);
      return false;
    }
    if (event instanceof AgentEvent.Opened opened) {
      checkEpoch(opened.epoch());
      return true;
    }
    handOn(node.path("seq").asLong(0), event);
    return true;
  }

  private void takeUnreadable(EventHeader header, Exception e) {
    String reason = // without the source, which may be long
        e instanceof JsonProcessingException json
            ? json.getOriginalMessage()
            : String.valueOf(e.getMessage());
    log.warn(
        "sandbox={} session={} event {} of type \"{}\" cannot be read and is passed over: {}",
        sandboxId,
        header.session(),
        header.seq(),
        header.type(),
        reason);
    handOn(header.seq(), new AgentEvent.Unreadable(header, reason));
  }

  private void handOn(long seq, AgentEvent event) {
    if (seq > after) { // else it has come before
      sink.accept(event);
      after = seq;
    }
  }

  /** An agent that was started anew knows none of our sessions. */
  private void checkEpoch(String now) {
    if (epoch == null) {
      epoch = now;
    } else if (!epoch.equals(now)) {
      loss.declare("its agent was started anew", null);
    }
  }
}
