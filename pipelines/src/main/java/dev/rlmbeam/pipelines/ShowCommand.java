package dev.rlmbeam.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.pipelines.cli.Arguments;
import dev.rlmbeam.pipelines.cli.CommandShape;
import dev.rlmbeam.pipelines.io.RunRecords;
import dev.rlmbeam.pipelines.io.Trajectory;
import dev.rlmbeam.pipelines.options.EditDistance;
import dev.rlmbeam.pipelines.options.Settings;
import dev.rlmbeam.pipelines.options.ShowOptions;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.pipelines.turns.TurnText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** {@code rlm show}: what a run has come to, or how one of its elements was answered. */
final class ShowCommand implements Command {
  private static final Path RUNS = Path.of("runs");
  private static final String USAGE =
      """
      ./rlm show                                   the newest run in runs/
      ./rlm show runs/20261125-120000-docs         its summary, failures by class
      ./rlm show runs/20261125-120000-docs a.md    turn by turn, the element a.md
      ./rlm show RUN ID --visualizer=a.jsonl       for the reference's visualizer

      It works while the run goes on, and on what a killed one has left.
      """;

  @Override
  public CommandShape shape() {
    return new CommandShape(
        "show",
        "Show how a run went, or turn by turn how one element was answered",
        USAGE,
        List.of(
            new CommandShape.Word(
                "[RUN [ID]]",
                "The run's folder, or its name in runs/; default the newest there. And the id of an"
                    + " element, as in results and failures.",
                0,
                2,
                List.of())),
        ShowOptions.class,
        Set.of(),
        false);
  }

  @Override
  public ExitCode run(Arguments arguments, Console console, Interrupts interrupts)
      throws IOException, InterruptedException {
    ShowOptions options = Settings.of(ShowOptions.class, arguments.options());
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());
    List<String> words = arguments.words();
    RunRecords run = RunRecords.open(folder(words));
    TurnText text = new TurnText(console.outInk(), console.columns(), options.getFull());
    String visualizer = options.getVisualizer();
    if (visualizer != null) {
      if (words.size() < 2) {
        throw new UsageException(
            "--visualizer is of one element: ./rlm show RUN ID --visualizer=FILE");
      }
      write(run, words.get(1), visualizer);
      console.err().println("The trajectory is in " + visualizer + ".");
      return ExitCode.DONE;
    }
    String page =
        words.size() < 2 ? RunPage.of(run, text) : ElementPage.of(run, words.get(1), text);
    Pager.show(page, console, interrupts);
    return ExitCode.DONE;
  }

  private static String folder(List<String> words) throws IOException {
    if (words.isEmpty()) {
      return names().stream()
          .map(RUNS::resolve)
          .filter(ShowCommand::isRun)
          .max(Comparator.comparing(ShowCommand::modified))
          .map(Path::toString)
          .orElseThrow(
              () -> new UsageException("There is no run in runs/ yet. Name a run's folder."));
    }
    String word = words.get(0);
    if (word.contains("://") || Files.isDirectory(Path.of(word))) {
      return word;
    }
    if (Files.isDirectory(RUNS.resolve(word))) {
      return RUNS.resolve(word).toString();
    }
    throw new UsageException(
        "There is no run "
            + word
            + EditDistance.nearest(word.replaceFirst("^runs/", ""), names())
                .map(near -> "; did you mean runs/" + near + "?")
                .orElse("."));
  }

  private static boolean isRun(Path folder) {
    return Stream.of("summary.json", "partial.jsonl", "log.txt")
        .anyMatch(name -> Files.exists(folder.resolve(name)));
  }

  private static FileTime modified(Path folder) {
    try {
      return Files.getLastModifiedTime(folder);
    } catch (IOException e) {
      return FileTime.fromMillis(0); // deleted meanwhile
    }
  }

  /** Of the runs in the usual place. */
  private static List<String> names() throws IOException {
    if (!Files.isDirectory(RUNS)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(RUNS)) {
      return all.filter(Files::isDirectory)
          .map(folder -> Objects.toString(folder.getFileName()))
          .sorted()
          .toList();
    }
  }

  private static void write(RunRecords run, String id, String file) throws IOException {
    if (!file.endsWith(".jsonl")) {
      throw UsageException.ofValue("visualizer", file, "a file whose name ends in .jsonl");
    }
    Trajectory trajectory = Trajectory.find(run, id).orElseThrow(() -> missing(run, id));
    List<String> lines = trajectory.inFull().stream().map(JsonNode::toString).toList();
    Files.write(Path.of(file), lines);
  }

  private static UsageException missing(RunRecords run, String id) {
    try {
      return run.find(id).isPresent()
          ? new UsageException("The element " + Quoted.of(id) + " has no trajectory.")
          : ElementPage.unknown(run, id);
    } catch (IOException e) {
      return new UsageException("The run cannot be read: " + e.getMessage(), e);
    }
  }
}
