package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.pipelines.remote.RunFiles;
import dev.rlmbeam.transforms.FileSystemAddOn;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.MoveOptions.StandardMoveOptions;
import org.apache.beam.sdk.io.fs.ResourceId;

/**
 * The folder that a run writes, on any file system that Beam knows. It deletes only files that a
 * run has made, by their names: the folder may hold other things. Immutable.
 */
public final class RunFolder implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What names of files of results begin with. */
  static final String RESULTS = "results";

  /** What names of files of failures begin with. */
  static final String FAILURES = "failures";

  // Workers give a sign every twenty seconds while they answer. Before and after that there is
  // none: a job may wait for its workers, read, sort and write for hours.
  private static final Duration SILENCE = Duration.ofHours(24);

  private static final String SUMMARY = "summary.json";
  // Beam's file systems look for what they match: a run that is there would not be found.
  private static final Pattern GLOB = Pattern.compile("[*?\\[\\]{}\\\\]");
  private static final Pattern OWN_FILE =
      Pattern.compile(
          "partial\\.jsonl|"
              + OutputFormat.FILE
              + "|trajectories/[^/]+\\.jsonl(\\.gz)?|\\.contexts/[0-9a-f]{64}\\.(txt|json).*"
              + "|\\.progress/(run|stop|worker)-[^/]+");

  // What is looked through for them: in the folder itself there may be a million other files.
  private static final List<String> OWN_GLOBS =
      List.of(
          "/partial.jsonl",
          "/results-*",
          "/failures-*",
          "/trajectories/*",
          "/.contexts/*",
          "/.progress/*");

  private final String path;

  private RunFolder(String path) {
    this.path = path;
  }

  /** A folder by its path or URI, which need not be there yet. */
  public static RunFolder at(String path) {
    String plain = path.replaceFirst("^file://(?=/)", "").replaceAll("(?<=[^/])/+$", "");
    return new RunFolder(
        plain.contains("://") ? plain : Path.of(plain).toAbsolutePath().normalize().toString());
  }

  /** Its path or URI, without a slash at the end. */
  public String path() {
    return path;
  }

  /** The folder on this machine, if it is there. */
  public Optional<Path> local() {
    return path.contains("://") ? Optional.empty() : Optional.of(Path.of(path));
  }

  /** Where trajectories go. */
  public String trajectories() {
    return path + "/trajectories";
  }

  /** Where long contexts of rows are while the run lasts. */
  public String contexts() {
    return path + "/.contexts";
  }

  /** What the launcher and the workers of a run tell each other, where they are not one process. */
  public RunFiles runFiles(String runId) {
    return new RunFiles(path + "/.progress", runId);
  }

  /** Where what is finished is kept until the run ends; only a folder of this machine has that. */
  public Optional<PartialResults> partialResults() {
    return local().map(folder -> new PartialResults(folder.resolve("partial.jsonl").toString()));
  }

  /**
   * Makes the folder ready for a run.
   *
   * @param overwrite whether an earlier run in it is deleted
   * @throws UsageException when it holds a run and may not be overwritten, or cannot be written
   */
  public void prepare(boolean overwrite) {
    check(overwrite);
    try {
      if (exists(SUMMARY)) {
        FileSystems.delete(List.of(file(SUMMARY)));
      }
      FileSystems.delete(ownFiles(), StandardMoveOptions.IGNORE_MISSING_FILES);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /**
   * Checks that a run may write into the folder. Nothing in it is touched.
   *
   * @param overwrite whether an earlier run in it may be deleted
   * @throws UsageException when it holds a run and may not be overwritten, when a run may be at
   *     work in it, when it cannot be written, or would be taken for a pattern of names
   */
  public void check(boolean overwrite) {
    if (GLOB.matcher(path).find()) {
      throw new UsageException(
          "--output="
              + path
              + ": the characters * ? [ ] { } \\ stand for many names, not for one, also in the"
              + " folders above.\nGive another folder with --output.");
    }
    try {
      List<ResourceId> earlier = ownFiles();
      boolean finished = exists(SUMMARY);
      if (!overwrite && (finished || !earlier.isEmpty())) {
        throw new UsageException(
            "--output="
                + path
                + " holds "
                + (finished ? "a finished run" : "files of a run that did not finish")
                + ".\nGive another folder, or --overwrite to replace it.");
      }
      if (!finished) {
        requireSilence();
      }
      ResourceId probe = file(".writable-" + UUID.randomUUID());
      write(probe, "");
      FileSystems.delete(List.of(probe));
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "--output="
              + path
              + ": there is no file system for that here; "
              + FileSystemAddOn.cure(path)
              + ".",
          e);
    } catch (IOException e) {
      throw unwritable(e);
    } catch (UsageException e) {
      throw e;
    } catch (RuntimeException e) { // of a service's client: no such bucket, no credentials
      throw local().isPresent() ? e : unwritable(e);
    }
  }

  /** A run that goes on without its launcher holds no lock, but its workers give signs of life. */
  private void requireSilence() throws IOException {
    OptionalLong heard = runFiles("").lastHeardMillis();
    long silent = System.currentTimeMillis() - heard.orElse(0);
    if (heard.isPresent() && silent < SILENCE.toMillis()) {
      throw new UsageException(
          String.format(
              "--output=%s: a run was submitted to a cluster, and its workers may still write there"
                  + " (last sign of life %d s ago).%nWait for its summary.json. If it has ended"
                  + " without one, delete %s/.progress; after %d hours without a sign --overwrite"
                  + " replaces it anyway.",
              path, Math.max(0, silent / 1000), path, SILENCE.toHours()));
    }
  }

  private UsageException unwritable(Exception e) {
    return new UsageException(
        "--output=" + path + " cannot be written: " + e.getMessage() + ".\nGive another folder.",
        e);
  }

  /**
   * Keeps other runs of this machine out until closed. On other file systems there is nothing to
   * hold.
   *
   * @throws UsageException when another run writes into the folder
   */
  public RunLock lock() {
    return RunLock.of(local());
  }

  /** Deletes the contexts that were kept for the run. */
  public void deleteContexts() throws IOException {
    List<ResourceId> contexts = new ArrayList<>();
    for (MatchResult.Metadata metadata : match(contexts() + "/*")) {
      contexts.add(metadata.resourceId());
    }
    FileSystems.delete(contexts, StandardMoveOptions.IGNORE_MISSING_FILES);
    if (local().isPresent()) {
      try {
        Files.deleteIfExists(Path.of(contexts()));
      } catch (DirectoryNotEmptyException e) {
        // Of a worker that is only just ending: the next run in the folder deletes it.
      }
    }
  }

  /** Writes the summary, so that it is there whole or not at all. */
  void writeSummary(String json) throws IOException {
    ResourceId part = file(".summary-" + UUID.randomUUID());
    write(part, json);
    FileSystems.rename(List.of(part), List.of(file(SUMMARY)));
  }

  /** The summary, if the run is finished. */
  public Optional<String> readSummary() throws IOException {
    if (!exists(SUMMARY)) {
      return Optional.empty();
    }
    try (InputStream in = Channels.newInputStream(FileSystems.open(file(SUMMARY)))) {
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private List<ResourceId> ownFiles() throws IOException {
    List<ResourceId> own = new ArrayList<>();
    for (String glob : OWN_GLOBS) {
      for (MatchResult.Metadata metadata : match(path + glob)) {
        String name = metadata.resourceId().toString().substring(path.length() + 1);
        if (OWN_FILE.matcher(name).matches()) {
          own.add(metadata.resourceId());
        }
      }
    }
    return own;
  }

  private boolean exists(String name) throws IOException {
    return !match(path + "/" + name).isEmpty();
  }

  private static List<MatchResult.Metadata> match(String spec) throws IOException {
    return FileSystems.match(spec, EmptyMatchTreatment.ALLOW).metadata();
  }

  private ResourceId file(String name) {
    return FileSystems.matchNewResource(path + "/" + name, false);
  }

  private static void write(ResourceId file, String text) throws IOException {
    try (WritableByteChannel out = FileSystems.create(file, "text/plain")) {
      ByteBuffer rest = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (rest.hasRemaining()) {
        out.write(rest);
      }
    }
  }
}
