package dev.rlmbeam.pipelines.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.pipelines.report.Wrapped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Sixteen questions, each over a document of its own of about a million characters. The documents
 * are made, not shipped; the same ones every time. One thread at a time.
 */
public final class Quickstart {
  /** Field of a row that names the document. */
  public static final String DOCUMENT_FIELD = "document";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<Question> questions = Questions.all();
  private final Map<String, Long> characters = new HashMap<>();
  private final Path folder;

  private Quickstart(Path folder) {
    this.folder = folder;
  }

  /** Writes the questions and their documents into a folder. */
  public static Quickstart write(Path folder) throws IOException {
    Quickstart quickstart = new Quickstart(folder);
    Path documents = Files.createDirectories(folder.resolve("documents"));
    List<String> rows = new ArrayList<>();
    for (Question question : quickstart.questions) {
      String text = DocumentWriter.write(question);
      quickstart.characters.put(question.id(), (long) text.codePointCount(0, text.length()));
      String name = question.id() + ".txt";
      Files.writeString(documents.resolve(name), text);
      rows.add(
          JSON.createObjectNode()
              .put("id", question.id())
              .put("query", question.text())
              .put(DOCUMENT_FIELD, "documents/" + name)
              .toString());
    }
    Files.write(quickstart.rows(), rows);
    return quickstart;
  }

  /** The file of the questions, a row each. */
  public Path rows() {
    return folder.resolve("questions.jsonl");
  }

  /**
   * What came of it, in at most 80 columns.
   *
   * @param summary of the run
   * @param offline whether the keyword matcher answered
   */
  public String report(JsonNode summary, boolean offline) throws IOException {
    Map<String, JsonNode> outcomes = outcomes();
    return howItCameAbout(shown(outcomes))
        + AnswerTable.of(questions, outcomes, offline)
        + AnswerTable.totals(summary);
  }

  /** The first question that was answered right, or else the first one. */
  private Question shown(Map<String, JsonNode> outcomes) {
    for (Question question : questions) {
      JsonNode outcome = outcomes.get(question.id());
      if (outcome != null && question.isAnsweredBy(outcome.path("answer").asText())) {
        return question;
      }
    }
    return questions.get(0);
  }

  private String howItCameAbout(Question question) throws IOException {
    StringBuilder text = new StringBuilder("\nHow one answer came about\n");
    text.append(Wrapped.beside("  Question  ", question.text(), 3));
    long size = characters.getOrDefault(question.id(), 0L);
    return TurnByTurn.find(folder.resolve("trajectories"), question.id())
        .map(turns -> text.append(turns.lines(size)).toString())
        .orElse("");
  }

  private Map<String, JsonNode> outcomes() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files =
          all.filter(file -> file.getFileName().toString().matches("(results|failures)-.*\\.jsonl"))
              .toList();
    }
    Map<String, JsonNode> outcomes = new HashMap<>();
    for (Path file : files) {
      for (String line : Files.readAllLines(file)) {
        JsonNode outcome = JSON.readTree(line);
        outcomes.put(outcome.path("id").asText(), outcome);
      }
    }
    return outcomes;
  }
}
