package dev.rlmbeam.runners.flink;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlmbeam.transforms.model.ChatMessage;
import dev.rlmbeam.transforms.model.testing.ModelCall;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The dataset of these tests, the model that answers it in three turns, and what came of it. */
final class Rows {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String[] BLOCKS = {
    "print(len(context))",
    "word = context.split()[-1]\nprint(word)",
    "answer['content'] = word\nanswer['ready'] = True",
  };

  private Rows() {}

  /** Rows whose answers are the last words of their contexts. */
  static Path write(Path file, int count) throws IOException {
    try (var out = Files.newBufferedWriter(file)) {
      for (int i = 0; i < count; i++) {
        ObjectNode row = JSON.createObjectNode();
        row.put("id", "row-" + i);
        row.put("query", "Which word is the last?");
        row.put("context", "Of many words the last is " + word(i));
        out.write(row + "\n");
      }
    }
    return file;
  }

  /** The file of so many rows in this folder, written once. */
  static Path file(Path folder, int count) throws IOException {
    Path file = folder.resolve("rows-" + count + ".jsonl");
    return Files.exists(file) ? file : write(file, count);
  }

  /** Rows with the same questions, whose contexts are files of their own of this size. */
  static Path writeByUri(Path folder, int count, int bytes) throws IOException {
    byte[] filler =
        "All work and no play makes a long context. ".repeat(bytes / 42 + 1).getBytes(UTF_8);
    Path contexts = Files.createDirectories(folder.resolve("contexts"));
    Path file = folder.resolve("by-uri.jsonl");
    try (var out = Files.newBufferedWriter(file)) {
      for (int i = 0; i < count; i++) {
        Path context = contexts.resolve(i + ".txt");
        byte[] end = (" " + word(i)).getBytes(UTF_8);
        try (var content = Files.newOutputStream(context)) {
          content.write(filler, 0, bytes - end.length);
          content.write(end);
        }
        ObjectNode row = JSON.createObjectNode();
        row.put("id", "row-" + i);
        row.put("query", "Which word is the last?");
        row.put("uri", context.toString());
        out.write(row + "\n");
      }
    }
    return file;
  }

  private static String word(int i) {
    return "word" + i * 7919 % 100_003;
  }

  /** The right answers, by id. */
  static Map<String, String> answers(int count) {
    Map<String, String> answers = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      answers.put("row-" + i, word(i));
    }
    return answers;
  }

  /** The model: one of three code blocks, by the turn that the conversation is in. */
  static ServerReply reply(ModelCall call, Duration latency) {
    long turn =
        call.messages().stream()
            .filter(message -> message.role() == ChatMessage.Role.ASSISTANT)
            .count();
    String block = BLOCKS[(int) Math.min(turn, BLOCKS.length - 1)];
    return ServerReply.text("```repl\n" + block + "\n```").after(latency);
  }

  /** A model that answers in its first turn. */
  static ServerReply replyAtOnce() {
    return ServerReply.text(
        "```repl\nanswer['content'] = context.split()[-1]\nanswer['ready'] = True\n```");
  }

  /** What a run wrote, a line each; of a prefix such as {@code results-}. */
  static List<JsonNode> read(Path output, String prefix) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    try (Stream<Path> files = Files.list(output)) {
      for (Path file :
          files
              .filter(each -> each.getFileName().toString().startsWith(prefix))
              .sorted(Comparator.naturalOrder())
              .toList()) {
        for (String line : Files.readAllLines(file)) {
          rows.add(JSON.readTree(line));
        }
      }
    }
    return rows;
  }

  /** How many results each worker has. */
  static Map<String, Integer> byWorker(List<JsonNode> results) {
    Map<String, Integer> counts = new TreeMap<>();
    results.forEach(result -> counts.merge(result.path("worker").asText(), 1, Integer::sum));
    return counts;
  }

  /** Answers by id; an id that stands twice is an error. */
  static Map<String, String> byId(List<JsonNode> results) {
    Map<String, String> answers = new TreeMap<>();
    for (JsonNode result : results) {
      String earlier = answers.put(result.path("id").asText(), result.path("answer").asText());
      if (earlier != null) {
        throw new AssertionError(result.path("id").asText() + " is answered twice");
      }
    }
    return answers;
  }
}
