package dev.rlmbeam.transforms.rlm;

import static com.google.common.truth.Truth.assertThat;
import static dev.rlmbeam.transforms.rlm.LoopRig.code;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.sandbox.repl.ModelAnswer;
import dev.rlmbeam.sandbox.repl.Variable;
import dev.rlmbeam.sandbox.testing.ScriptedResult;
import dev.rlmbeam.sandbox.testing.ScriptedSessions;
import dev.rlmbeam.transforms.model.ModelException;
import dev.rlmbeam.transforms.model.ModelException.Kind;
import dev.rlmbeam.transforms.model.testing.ScriptedModel;
import dev.rlmbeam.transforms.rlm.trajectory.PromptHistory;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectoryFiles;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectoryFolder;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectoryLabels;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectorySink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Whole runs whose trajectories are written to files of a folder and read back. */
final class TrajectoryRig implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  final LoopRig loop = new LoopRig();
  PromptHistory history = PromptHistory.FULL;
  boolean expectsInterrupt;
  private final Path folder;

  /** Answers in the block that says so; asks one good and one bad query in the first. */
  private final ScriptedSessions sessions =
      ScriptedSessions.running(
          block -> {
            if (block.number() == 1) {
              ModelAnswer unused = block.ask(true, List.of("good", "bad"), Optional.of("wish"));
            }
            return block.code().equals("end")
                ? ScriptedResult.answering("Ada").build()
                : ScriptedResult.raising("ValueError", "no")
                    .variables(new Variable("chunks", "list", "['a', ...]"))
                    .build();
          });

  TrajectoryRig(Path folder) {
    this.folder = folder;
    loop.sub =
        ScriptedModel.answering(
            "sub",
            request -> {
              if (request.messages().get(0).content().equals("bad")) {
                throw new ModelException(Kind.UNAVAILABLE, 503, "503");
              }
              return "half a pair: \uD83D";
            });
  }

  /** The lines of a run in which the root model says this. */
  List<JsonNode> lines(String... responses) throws IOException, InterruptedException {
    return lines(1, ScriptedModel.saying("root", responses), sessions);
  }

  /** The lines of a run that looks in its first turn and answers in its second. */
  List<JsonNode> twoTurns() throws IOException, InterruptedException {
    return lines(code("look"), code("end"));
  }

  List<JsonNode> lines(int attempt, ScriptedModel root, ScriptedSessions pool)
      throws IOException, InterruptedException {
    List<Path> before = files();
    TrajectoryFiles store =
        new TrajectoryFiles(
            TrajectoryFolder.local(folder), new TrajectoryLabels("scripted", "local"), history);
    try (store;
        TrajectorySink sink = store.open(loop.question.id(), attempt)) {
      loop.sink = sink;
      RlmOutcome unused = loop.run(root, pool);
      // A run that was interrupted leaves the flag up, and no file can be read under it.
      boolean wasInterrupted = Thread.interrupted();
      assertThat(wasInterrupted).isEqualTo(expectsInterrupt);
    }
    assertThat(store.lost()).isEqualTo(0);
    List<Path> made = new ArrayList<>(files());
    made.removeAll(before);
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(made.get(0))) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @Override
  public void close() throws InterruptedException {
    loop.close();
  }
}
