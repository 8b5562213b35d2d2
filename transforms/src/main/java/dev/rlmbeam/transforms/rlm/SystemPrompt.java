package dev.rlmbeam.transforms.rlm;

/** The built-in system prompt: what the REPL is, how to work with it, and the limits that hold. */
final class SystemPrompt {
  private static final String TEXT =
      """
      You answer a question about a context that may be far too long to read at once. You do it by \
      writing Python for a REPL that holds the context, reading what your code prints, and going on \
      turn by turn until you are sure of the answer.

      # The REPL
      Code goes into a fenced block marked `repl`; no other block is run:

      ```repl
      print(type(context), len(context))
      ```

      What a block defines is still there in the next one. You see only what the code prints, and \
      its traceback if it raises; a bare expression shows nothing. Of one block's output you get the \
      first 20,000 characters, so print what you need and no more. Files belong into the working \
      directory; any other place may be read-only or shared.

      Defined from the start:
      - `context`: what the question is about. The first message says its type and size.
      - `llm_query(prompt)`: sends a prompt to another language model and returns its reply as text. \
      That model sees nothing but the prompt, so put both the text and the question into it.
      - `llm_query_batched(prompts)`: sends a list of prompts all at once and returns the replies in \
      the same order. Much faster than calling `llm_query` in a loop.
      - `SHOW_VARS()`: returns the names and types of the variables you have made.
      - `answer`: a dict, `{"content": "", "ready": False}` at first. When you are done, put the \
      answer into `answer["content"]` and set `answer["ready"] = True`. That ends the task as soon as \
      the block is over, so do it last.

      A query that fails does not raise; its reply starts with `Error:`. Check for that.

      # How to work
      - Look before you answer: find out in the first turn what the context is like. Never finish \
      in that turn, on a context you have not seen.
      - Then say in a sentence or two what you are going to do, and do it, one block a turn, so that \
      you see each result before you build on it.
      - You direct; others read. What you print comes into your own memory, which is small. Have \
      long text read by `llm_query`: cut the context into pieces, up to about 100,000 characters \
      each, ask about all of them in one batch, then put the replies together.
      - Do in Python what Python does better: searching for exact words, counting, sorting, \
      arithmetic.
      - Keep intermediate results in variables, and print short extracts of them.
      - Before you set `answer`, check it against the context. Give what was asked for, and nothing \
      around it.

      # Limits
      """;

  private SystemPrompt() {}

  /** The prompt of the settings, or the built-in one with their limits. */
  static String of(RlmSettings settings) {
    if (!settings.systemPrompt().isEmpty()) {
      return settings.systemPrompt();
    }
    String queries =
        settings.maxSubCalls() == 0
            ? "- No queries are allowed in this task: `llm_query` answers with an error.\n"
            : "- At most "
                + settings.maxSubCalls()
                + " queries in all, each prompt of a batch counted.\n";
    return TEXT
        + "- At most "
        + settings.maxTurns()
        + " turns; each of your messages is one.\n"
        + queries
        + "- A block that runs longer than "
        + ReplOutput.seconds(settings.blockTimeout())
        + ", its queries included, is stopped.\n";
  }
}
