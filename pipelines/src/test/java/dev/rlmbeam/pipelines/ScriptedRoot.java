package dev.rlmbeam.pipelines;

import dev.rlmbeam.transforms.model.ChatMessage;
import dev.rlmbeam.transforms.model.testing.ModelCall;
import dev.rlmbeam.transforms.model.testing.ServerReply;

/** Replies of a root model that answers in one turn, through real code in the REPL. */
final class ScriptedRoot {
  private ScriptedRoot() {}

  /** Sets the answer to the context's first characters, upper-cased by Python. */
  static ServerReply answer() {
    return ServerReply.text(
        "I answer.\n```repl\nanswer['content'] = str(context)[:40].upper()\nanswer['ready'] = True\n```");
  }

  /** True for a call of the root model, which has a system prompt. */
  static boolean isRoot(ModelCall call) {
    return call.messages().get(0).role() == ChatMessage.Role.SYSTEM;
  }
}
