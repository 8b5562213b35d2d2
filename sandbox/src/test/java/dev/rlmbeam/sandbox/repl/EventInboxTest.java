package dev.rlmbeam.sandbox.repl;

import static com.google.common.truth.Truth.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.fixtures.ScriptedAgent;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import okio.Buffer;
import org.junit.jupiter.api.Test;

/** What is made of lines and answers that no well-behaved agent sends. */
final class EventInboxTest {
  private final List<AgentEvent> events = new ArrayList<>();

  private static String asked(int seq, String depth) {
    return String.format(
        "{\"seq\": %d, \"type\": \"query\", \"session\": \"s\", \"id\": \"q%d\", \"request\":"
            + " {\"prompt\": \"p\", \"depth\": %s}}",
        seq, seq, depth);
  }

  private static byte[] answer(String... events) {
    return ("{\"epoch\": \"e\", \"last\": 9, \"events\": [" + String.join(", ", events) + "]}")
        .getBytes(UTF_8);
  }

  @Test
  void aPollGoesOnBehindAnEventThatCannotBeRead() throws Exception {
    try (ScriptedAgent agent = new ScriptedAgent("sb")) {
      EventInbox inbox = new EventInbox("sb", new Loss(agent), events::add);
      byte[] first = answer(asked(1, "1"), asked(2, "NaN-"), asked(3, "1"));

      assertThat(inbox.takeAnswer(first)).isEqualTo(2);
      assertThat(inbox.after()).isEqualTo(2);
      assertThat(inbox.takeAnswer(answer(asked(3, "1")))).isEqualTo(1);

      assertThat(events.stream().map(event -> event.getClass().getSimpleName()).toList())
          .containsExactly("Asked", "Unreadable", "Asked")
          .inOrder();
      assertThat(((AgentEvent.Unreadable) events.get(1)).header())
          .isEqualTo(new EventHeader(2, "query", "s", "q2"));
    }
  }

  @Test
  void anAnswerThatIsNoneIsABreak() throws Exception {
    try (ScriptedAgent agent = new ScriptedAgent("sb")) {
      EventInbox inbox = new EventInbox("sb", new Loss(agent), events::add);

      assertThrows(IOException.class, () -> inbox.takeAnswer(new byte[0]));
      assertThrows(IOException.class, () -> inbox.takeAnswer("[]".getBytes(UTF_8)));
    }
  }

  @Test
  void anEventThatHasComeBeforeIsNotHandedOn() throws Exception {
    try (ScriptedAgent agent = new ScriptedAgent("sb")) {
      EventInbox inbox = new EventInbox("sb", new Loss(agent), events::add);

      assertThat(inbox.takeLine(asked(1, "1").getBytes(UTF_8))).isTrue();
      assertThat(inbox.takeLine(asked(1, "1").getBytes(UTF_8))).isTrue();
      assertThat(inbox.takeAnswer(answer(asked(1, "1"), asked(2, "1")))).isEqualTo(2);

      assertThat(events).hasSize(2);
    }
  }

  @Test
  void aLineThatIsTooLongIsPassedOverWithoutItsRest() throws Exception {
    Buffer stream = new Buffer().writeUtf8(asked(1, "1".repeat(300_000)) + "\n{}\n");
    EventLines lines = new EventLines(stream, 100_000);

    byte[] head = lines.next();
    byte[] next = lines.next();

    assertThat(EventHeader.read(head, 0)).isEqualTo(new EventHeader(1, "query", "s", "q1"));
    assertThat(head).hasLength(65_536);
    assertThat(new String(next, UTF_8)).isEqualTo("{}");
    assertThat(lines.next()).isNull();
  }

  @Test
  void aLineThatWasCutOffIsNotTaken() throws Exception {
    EventLines lines = new EventLines(new Buffer().writeUtf8("{\"seq\": 1"), 100_000);

    assertThrows(EOFException.class, lines::next);
  }
}
