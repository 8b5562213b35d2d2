package dev.rlmbeam.pipelines.flink;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The processes of a cluster, as its folder remembers them. Immutable.
 *
 * @param rest address of its page: {@code http://127.0.0.1:8081}
 * @param jobManager the one that gives out work
 * @param taskManagers those that work
 */
record ClusterState(String rest, ClusterProcess jobManager, List<ClusterProcess> taskManagers) {
  private static final ObjectMapper JSON = new ObjectMapper();

  ClusterState {
    taskManagers = List.copyOf(taskManagers);
  }

  static Optional<ClusterState> read(Path file) throws IOException {
    return Files.exists(file)
        ? Optional.of(JSON.readValue(file.toFile(), ClusterState.class))
        : Optional.empty();
  }

  void write(Path file) throws IOException {
    Path whole = file.resolveSibling(file.getFileName() + ".new");
    JSON.writerWithDefaultPrettyPrinter().writeValue(whole.toFile(), this);
    Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /** All of them, those that work first: that is the order in which they end well. */
  List<ClusterProcess> all() {
    return Stream.concat(taskManagers.stream(), Stream.of(jobManager)).toList();
  }

  boolean anyAlive() {
    return all().stream().anyMatch(ClusterProcess::alive);
  }
}
