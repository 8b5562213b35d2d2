package dev.rlmbeam.pipelines.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.pipelines.report.Wrapped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How one answer came about, from its trajectory. */
final class TurnByTurn {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CODE_LINES = 7;
  private static final int TEXT_LINES = 3;
  private static final String INDENT = "    ";

  private final List<JsonNode> turns;

  private TurnByTurn(List<JsonNode> turns) {
    this.turns = turns;
  }

  /** The trajectory of a task, if one was written. */
  static Optional<TurnByTurn> find(Path trajectories, String id) throws IOException {
    if (!Files.isDirectory(trajectories)) {
      return Optional.empty();
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(trajectories)) {
      files = all.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList();
    }
    for (Path file : files) {
      List<JsonNode> lines = new ArrayList<>();
      for (String line : Files.readAllLines(file)) {
        lines.add(JSON.readTree(line));
      }
      if (!lines.isEmpty() && lines.get(0).path("id").asText().equals(id)) {
        return Optional.of(
            new TurnByTurn(
                lines.stream()
                    .filter(line -> line.path("type").asText().equals("iteration"))
                    .toList()));
      }
    }
    return Optional.empty();
  }

  /** Turn by turn, in at most 80 columns. */
  String lines(long documentCharacters) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < turns.size(); i++) {
      JsonNode turn = turns.get(i);
      text.append("  Turn ").append(i + 1).append('\n');
      text.append(Wrapped.beside(INDENT + "says    ", said(turn), TEXT_LINES));
      for (JsonNode block : turn.path("code_blocks")) {
        text.append(block(block));
      }
    }
    String answer =
        turns.isEmpty() ? "" : turns.get(turns.size() - 1).path("final_answer").asText();
    text.append(Wrapped.beside("  Answer    ", answer, TEXT_LINES));
    return text.append(
            String.format(
                Locale.ROOT,
                "%n  The root model read %,d characters in all; the document has %,d.%n",
                rootCharacters(),
                documentCharacters))
        .toString();
  }

  private static String block(JsonNode block) {
    JsonNode result = block.path("result");
    StringBuilder text =
        new StringBuilder(
            Wrapped.code(INDENT + "code    ", block.path("code").asText(), CODE_LINES));
    JsonNode calls = result.path("rlm_calls");
    if (!calls.isEmpty()) {
      String count = calls.size() + (calls.size() == 1 ? " prompt" : " prompts");
      text.append(
          Wrapped.beside(
              INDENT + "asks    ",
              "the sub-model " + count + ", and is told: " + told(calls),
              TEXT_LINES));
    }
    String printed = (result.path("stdout").asText() + result.path("stderr").asText()).strip();
    if (!printed.isEmpty()) {
      text.append(Wrapped.code(INDENT + "prints  ", printed, TEXT_LINES));
    }
    return text.toString();
  }

  /** The longest reply is the one with something in it; the others are counted. */
  private static String told(JsonNode calls) {
    String longest = "";
    for (JsonNode call : calls) {
      String response = call.path("response").asText();
      longest = response.length() > longest.length() ? response : longest;
    }
    return "\"" + Wrapped.cut(longest.replaceAll("\\s+", " "), 120) + "\"";
  }

  private static String said(JsonNode turn) {
    String response = turn.path("response").asText();
    int fence = response.indexOf("```");
    String before = (fence < 0 ? response : response.substring(0, fence)).strip();
    return before.isEmpty() ? "(only code)" : before;
  }

  /**
   * Every message once: those that stood in an earlier prompt already are left out of a later one.
   */
  private long rootCharacters() {
    long characters = 0;
    for (JsonNode turn : turns) {
      boolean rest = turn.path("prompt_omitted").asInt() > 0;
      characters = rest ? characters : 0;
      boolean first = rest;
      for (JsonNode message : turn.path("prompt")) {
        if (!first) {
          String content = message.path("content").asText();
          characters += content.codePointCount(0, content.length());
        }
        first = false;
      }
    }
    return characters;
  }
}
