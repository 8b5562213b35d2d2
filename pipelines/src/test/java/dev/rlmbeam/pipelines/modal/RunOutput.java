package dev.rlmbeam.pipelines.modal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a run has left in its folder. */
record RunOutput(Path folder) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern OPENED =
      Pattern.compile("session=\\S+ sandbox=(\\S+) task=(\\S+) opened");

  /** A session that was opened for a task in a sandbox. */
  record Session(String sandbox, String task) {}

  List<JsonNode> results() throws IOException {
    return lines("results-");
  }

  List<JsonNode> failures() throws IOException {
    return lines("failures-");
  }

  private List<JsonNode> lines(String prefix) throws IOException {
    List<JsonNode> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file :
          files.filter(one -> one.getFileName().toString().startsWith(prefix)).toList()) {
        for (String line : Files.readAllLines(file)) {
          found.add(JSON.readTree(line));
        }
      }
    }
    return found;
  }

  JsonNode summary() throws IOException {
    return JSON.readTree(Files.readString(folder.resolve("summary.json")));
  }

  String log() throws IOException {
    return Files.readString(folder.resolve("log.txt"));
  }

  /** In the order in which they were opened. */
  List<Session> sessions() throws IOException {
    return OPENED
        .matcher(log())
        .results()
        .map((MatchResult match) -> new Session(match.group(1), match.group(2)))
        .toList();
  }

  /** Sandboxes that a session was opened in. */
  long sandboxesUsed() throws IOException {
    return sessions().stream().map(Session::sandbox).distinct().count();
  }
}
