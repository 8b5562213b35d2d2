package dev.rlmbeam.transforms.model.offline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/** The program that the keyword matcher writes as root model, as the responses of its turns. */
final class RootProgram {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String LOOK =
      """
      document = globals().get("context", "")
      size = len(document) if hasattr(document, "__len__") else 1
      print(type(document).__name__, size)
      beginning = document if isinstance(document, str) or size < 4 else list(document)[:3]
      print(str(beginning)[:300])
      """;

  private static final String ASK =
      """
      import json

      question = QUESTION
      # About 100,000 characters fit into one question; no more than 200 questions.
      PIECE_CHARS, MAX_PIECES = 100_000, 200

      def as_text(value):
          return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)

      def texts(value):
          if isinstance(value, str):
              return [value]
          if isinstance(value, dict):
              return [f"{key}: {as_text(item)}" for key, item in value.items()]
          if isinstance(value, (list, tuple)):
              return [as_text(item) for item in value]
          return [as_text(value)]

      def cut(text, size):
          start = 0
          while len(text) - start > size:
              end = start + size
              for boundary in ("\\n\\n", ".\\n", "\\n", ". ", " "):
                  found = text.rfind(boundary, start + size // 2, end)
                  if found > 0:
                      end = found + len(boundary)
                      break
              yield text[start:end]
              start = end
          yield text[start:]

      def cut_all(items):
          size = max(PIECE_CHARS, sum(map(len, items)) // (MAX_PIECES * 3 // 4))
          pieces, current, length = [], [], 0
          for item in items:
              for part in cut(item, size):
                  if current and length + len(part) > size:
                      pieces.append("\\n\\n".join(current))
                      current, length = [], 0
                  current.append(part)
                  length += len(part)
          if length:
              pieces.append("\\n\\n".join(current))
          return pieces

      pieces = cut_all(texts(globals().get("context", "")))
      prompts = [
          f"Question: {question}\\n\\nAnswer with the one sentence of the text that answers it, "
          f"word for word, or with: not found\\n\\nText:\\n{piece}"
          for piece in pieces
      ]
      replies = llm_query_batched(prompts) if prompts else []
      errors = [reply for reply in replies if reply.startswith("Error:")]
      found = [reply for reply in replies if reply not in errors and reply != "not found"]
      found = list(dict.fromkeys(found))
      print(f"{len(pieces)} pieces, {len(found)} candidates, {len(errors)} errors")
      for candidate in found[:3]:
          print("-", candidate[:200])
      for error in errors[:1]:
          print("!", error[:200])
      """;

  private static final String CHOOSE =
      """
      if len(found) > 1:
          listed = "\\n".join(f"{i}. {candidate}" for i, candidate in enumerate(found, 1))
          choice = llm_query(
              f"Question: {question}\\n\\nAnswer with the candidate that answers it best, word for "
              f"word, or with: not found\\n\\nCandidates:\\n{listed}"
          )
          if choice.startswith("Error:") or choice == "not found":
              choice = found[0]
      else:
          choice = found[0] if found else "not found"
      answer["content"] = choice
      answer["ready"] = True
      """;

  private static final String GIVE_UP =
      """
      found = globals().get("found") or []
      answer["content"] = found[0] if found else "not found"
      answer["ready"] = True
      """;

  private RootProgram() {}

  static String look() {
    return response("I match keywords and cannot read. First a look at the context.", LOOK);
  }

  static String ask(String question) {
    return response(
        "Now I cut the context into pieces at paragraphs and ask about each piece, in one batch.",
        askCode(question));
  }

  static String choose() {
    return response(
        "Each candidate is a sentence of the context; one question finds the best.", CHOOSE);
  }

  /** All steps in one block, for when variables were lost or no turn is left for a second block. */
  static String all(String question, String why) {
    return response(why, askCode(question) + "\n" + CHOOSE);
  }

  static String giveUp() {
    return response("The last step failed again; I take what there is.", GIVE_UP);
  }

  private static String askCode(String question) {
    return ASK.replace("QUESTION", literal(question));
  }

  /** A JSON string is a Python string too, as long as non-ASCII characters stand for themselves. */
  private static String literal(String text) {
    try {
      return JSON.writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the question cannot be written as a string", e);
    }
  }

  private static String response(String words, String code) {
    return words + "\n\n```repl\n" + code + "```\n";
  }
}
