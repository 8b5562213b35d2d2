package dev.rlmbeam.transforms;

import dev.rlmbeam.sandbox.repl.LoadedContext;
import dev.rlmbeam.transforms.model.ChatMessage;
import dev.rlmbeam.transforms.rlm.FirstTurn;
import dev.rlmbeam.transforms.rlm.RlmQuestion;
import dev.rlmbeam.transforms.rlm.RlmSettings;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** What would be said to the root model about a task, without asking it. */
public final class TaskPrompts {
  private static final int BUFFER_BYTES = 1 << 16;

  private TaskPrompts() {}

  /**
   * The messages of the task's first turn. Reads the context once, for its length.
   *
   * @throws IOException when the context cannot be read
   * @throws dev.rlmbeam.sandbox.repl.ContextException when it is to be JSON and is none
   */
  public static List<ChatMessage> of(RlmTask task, RlmSettings settings) throws IOException {
    TaskContext context = new TaskContext(task.context());
    RlmQuestion question =
        new RlmQuestion(task.id(), task.query(), List.of(context), context.shape());
    return FirstTurn.messages(question, List.of(loaded(context)), settings);
  }

  private static LoadedContext loaded(TaskContext context) throws IOException {
    long bytes = 0;
    long codePoints = 0;
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = context.open()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        bytes += read;
        for (int i = 0; i < read; i++) {
          // All bytes of UTF-8 but those that go on with a character.
          codePoints += (buffer[i] & 0xc0) == 0x80 ? 0 : 1;
        }
      }
    }
    return new LoadedContext(context.name(), "", bytes, codePoints);
  }
}
