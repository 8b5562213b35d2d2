package dev.rlmbeam.pipelines.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectoryNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How one element was answered, from its lines, wherever they stand. Immutable.
 *
 * @param attempts how many there are; this is the last
 * @param metadata the first line, if it is there
 * @param turns the others, in order
 */
public record Trajectory(int attempts, Optional<JsonNode> metadata, List<JsonNode> turns) {
  private static final String OMITTED = "prompt_omitted";

  public Trajectory {
    turns = List.copyOf(turns);
  }

  /** The trajectory of a task, as far as it is written. */
  public static Optional<Trajectory> find(RunRecords run, String id) throws IOException {
    String own = TrajectoryNames.safe(id) + "_";
    Map<Integer, List<JsonNode>> byAttempt = new TreeMap<>();
    for (String file :
        run.trajectoryFiles(name -> name.startsWith(own) || name.endsWith(".jsonl.gz"))) {
      run.trajectoryLines(
          file,
          line -> {
            if (line.path("id").asText().equals(id)) {
              byAttempt
                  .computeIfAbsent(line.path("attempt").asInt(1), number -> new ArrayList<>())
                  .add(line);
            }
            return true;
          });
    }
    if (byAttempt.isEmpty()) {
      return Optional.empty();
    }
    List<JsonNode> last = new ArrayList<>(byAttempt.values()).get(byAttempt.size() - 1);
    List<JsonNode> turns =
        last.stream().filter(line -> line.path("type").asText().equals("iteration")).toList();
    Optional<JsonNode> metadata =
        last.stream().filter(line -> line.path("type").asText().equals("metadata")).findFirst();
    return Optional.of(new Trajectory(byAttempt.size(), metadata, turns));
  }

  /** What was asked: the first thing that the user said to the root model. */
  public Optional<String> question() {
    for (JsonNode turn : turns) {
      for (JsonNode message : turn.path("prompt")) {
        if (message.path("role").asText().equals("user")) {
          return Optional.of(message.path("content").asText());
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The lines with all of each prompt in them, as the reference writes them: here a line holds only
   * what is new since the turn before.
   */
  public List<JsonNode> inFull() {
    List<JsonNode> lines = new ArrayList<>();
    metadata.ifPresent(lines::add);
    ArrayNode before = null;
    for (JsonNode turn : turns) {
      ObjectNode whole = turn.deepCopy();
      ArrayNode prompt = whole.putArray("prompt");
      int omitted = turn.path(OMITTED).asInt();
      for (int i = 0; i < omitted && before != null && i < before.size(); i++) {
        prompt.add(before.get(i));
      }
      // A message that only says how many are left out stands in their place.
      JsonNode own = turn.path("prompt");
      for (int i = omitted > 0 ? 1 : 0; i < own.size(); i++) {
        prompt.add(own.get(i));
      }
      whole.remove(OMITTED);
      lines.add(whole);
      before = prompt;
    }
    return lines;
  }
}
