package dev.rlmbeam.pipelines.remote;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.MoveOptions.StandardMoveOptions;
import org.apache.beam.sdk.io.fs.ResourceId;

/**
 * Small files in a folder that the launcher and all workers reach, on any file system that Beam
 * knows: the run's mark, by which a worker sees that it has the right folder, the request to stop,
 * and what each worker tells of itself. All of them have the run's id in their names. Immutable.
 *
 * @param folder path or URI; not yet there until something is written
 * @param runId of the run
 */
public record RunFiles(String folder, String runId) implements Serializable {
  private static final String MARK = "run-";
  private static final String TYPE = "application/json";

  /** Leaves the mark that workers look for. */
  public void mark() throws IOException {
    write(MARK + runId, "");
  }

  /** Whether the mark of the run is there: this folder is the launcher's. */
  public boolean isMarked() throws IOException {
    return exists(MARK + runId);
  }

  /** Asks all workers to end the run in good order. */
  public void requestStop() throws IOException {
    write("stop-" + runId, "");
  }

  boolean isStopRequested() throws IOException {
    return exists("stop-" + runId);
  }

  /**
   * When a run that may still be at work in the folder, this one or another, was last heard of.
   *
   * @return milliseconds since the epoch, by the file system's clock; nothing when there is no such
   *     run
   */
  public OptionalLong lastHeardMillis() throws IOException {
    List<MatchResult.Metadata> all = match("*");
    boolean marked =
        all.stream()
            .anyMatch(each -> String.valueOf(each.resourceId().getFilename()).startsWith(MARK));
    return marked
        ? all.stream().mapToLong(MatchResult.Metadata::lastModifiedMillis).max()
        : OptionalLong.empty();
  }

  /** Deletes those of this run: another may have begun in the folder. */
  public void clear() throws IOException {
    for (MatchResult.Metadata each : match("*-" + runId + "*")) {
      String name = String.valueOf(each.resourceId().getFilename());
      if (name.endsWith("-" + runId) || name.startsWith("worker-" + runId + "-")) {
        delete(name);
      }
    }
  }

  /** What the names of a worker's files begin with. */
  String workerPrefix(String worker) {
    return "worker-" + runId + "-" + worker + "-";
  }

  /** What all workers tell of themselves. */
  List<MatchResult.Metadata> ofWorkers() throws IOException {
    return match(workerPrefix("*") + "*.json");
  }

  List<MatchResult.Metadata> match(String glob) throws IOException {
    return FileSystems.match(folder + "/" + glob, EmptyMatchTreatment.ALLOW).metadata();
  }

  void delete(String name) throws IOException {
    FileSystems.delete(
        List.of(FileSystems.matchNewResource(folder + "/" + name, false)),
        StandardMoveOptions.IGNORE_MISSING_FILES);
  }

  private boolean exists(String name) throws IOException {
    return !match(name).isEmpty();
  }

  void write(String name, String text) throws IOException {
    ResourceId file = FileSystems.matchNewResource(folder + "/" + name, false);
    try (WritableByteChannel out = FileSystems.create(file, TYPE)) {
      ByteBuffer rest = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (rest.hasRemaining()) {
        out.write(rest);
      }
    }
  }

  static String read(ResourceId file) throws IOException {
    try (InputStream in = Channels.newInputStream(FileSystems.open(file))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
