package dev.rlmbeam.pipelines.bench;

import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.util.List;

/** What the root model of a bench says, turn by turn. */
interface RootScript {

  /**
   * The reply of a turn.
   *
   * @param turn from 1
   */
  ServerReply reply(int turn);

  /** One code block a turn; past the last one there is nothing more to say. */
  static RootScript ofBlocks(List<String> blocks) {
    List<ServerReply> replies = blocks.stream().map(RootScript::block).toList();
    ServerReply over = ServerReply.text("The program is over and has set no answer.");
    return turn -> turn <= replies.size() ? replies.get(turn - 1) : over;
  }

  /** A reply with one code block. */
  static ServerReply block(String python) {
    return ServerReply.text("```repl\n" + python + "\n```");
  }
}
