package dev.rlmbeam.pipelines.io;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.pipelines.options.UsageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;

/**
 * What a run has written, read back: also while it goes on, after it was killed, and of another
 * version. A line that is only half there is passed over. Immutable; reads anew each time.
 */
public final class RunRecords {
  private static final Pattern OWN_FILE = Pattern.compile(OutputFormat.FILE);

  private final String path;

  private RunRecords(String path) {
    this.path = path;
  }

  /** How far a run is. */
  public enum State {
    /** It has ended and written all it had. */
    FINISHED,
    /** It goes on at this moment, on this machine. */
    RUNNING,
    /** It was killed, or goes on elsewhere. */
    UNFINISHED
  }

  /**
   * The folder of a run.
   *
   * @throws UsageException when there is none
   */
  public static RunRecords open(String folder) throws IOException {
    RunRecords records = new RunRecords(RunFolder.at(folder).path());
    if (records.match("/summary.json").isEmpty()
        && records.outcomeFiles().isEmpty()
        && records.match("/log.txt").isEmpty()) {
      throw new UsageException(
          folder + " is no folder of a run: it has no summary and no results.");
    }
    return records;
  }

  /** Path or URI. */
  public String path() {
    return path;
  }

  /** The summary, once the run is finished. */
  public Optional<JsonNode> summary() throws IOException {
    Optional<String> text = RunFolder.at(path).readSummary();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    // One that is half written, or somebody else's, is none.
    return OutcomeFile.parsed(text.get());
  }

  /** Whether it is finished, goes on, or neither. */
  public State state() throws IOException {
    if (!match("/summary.json").isEmpty()) {
      return State.FINISHED;
    }
    Path lock = Path.of(path, ".lock");
    if (path.contains("://") || !Files.exists(lock)) {
      return State.UNFINISHED;
    }
    try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
        FileLock free = channel.tryLock()) {
      return free == null ? State.RUNNING : State.UNFINISHED;
    } catch (OverlappingFileLockException e) {
      return State.RUNNING; // in this very process
    }
  }

  /** Takes lines in their order. */
  public interface Lines {
    /**
     * Takes one.
     *
     * @return false to read no more
     */
    boolean take(JsonNode line) throws IOException;
  }

  /** All results and failures that there are so far; a failure has an {@code errorClass}. */
  public void outcomes(Lines lines) throws IOException {
    List<MatchResult.Metadata> partial = match("/partial.jsonl");
    // What a run had begun to write when it was killed may stand in both.
    Set<String> seen = new HashSet<>();
    Lines once =
        partial.isEmpty() ? lines : line -> !seen.add(line.path("id").asText()) || lines.take(line);
    for (MatchResult.Metadata file : outcomeFiles()) {
      if (!OutcomeFile.read(file.resourceId(), once)) {
        return;
      }
    }
  }

  /** The result or failure of a task, if it has one already. */
  public Optional<JsonNode> find(String id) throws IOException {
    List<JsonNode> found = new ArrayList<>();
    outcomes(
        line -> {
          if (line.path("id").asText().equals(id)) {
            found.add(line);
          }
          return found.isEmpty();
        });
    return found.stream().findFirst();
  }

  /** The trajectories of the run, one file a task or packed. */
  public List<String> trajectoryFiles(Predicate<String> named) throws IOException {
    return match("/trajectories/*").stream()
        .map(file -> file.resourceId().toString())
        .filter(file -> named.test(file.substring(file.lastIndexOf('/') + 1)))
        .sorted()
        .toList();
  }

  /** The lines of one file of trajectories, as far as they are there. */
  public void trajectoryLines(String file, Lines lines) throws IOException {
    for (MatchResult.Metadata found :
        FileSystems.match(file, EmptyMatchTreatment.ALLOW).metadata()) {
      boolean unused = OutcomeFile.read(found.resourceId(), lines);
    }
  }

  /** Those of the output, in whichever form, and what is kept until they are there. */
  private List<MatchResult.Metadata> outcomeFiles() throws IOException {
    List<MatchResult.Metadata> files = new ArrayList<>();
    for (String glob : List.of("/results-*", "/failures-*")) {
      for (MatchResult.Metadata file : match(glob)) {
        String uri = file.resourceId().toString();
        String name = uri.substring(uri.lastIndexOf('/') + 1);
        if (OWN_FILE.matcher(name).matches()) {
          files.add(file);
        }
      }
    }
    files.addAll(match("/partial.jsonl"));
    return files;
  }

  private List<MatchResult.Metadata> match(String glob) throws IOException {
    return FileSystems.match(path + glob, EmptyMatchTreatment.ALLOW).metadata();
  }
}
