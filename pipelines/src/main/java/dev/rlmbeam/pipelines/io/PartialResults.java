package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.transforms.Finished;
import dev.rlmbeam.transforms.ResultStore;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes each result and failure into one file as soon as it is finished, a line each, as in the
 * files of the output. Those are there only when the run ends; this one is what is left of a run
 * that was killed, or whose disk or memory was full. For a runner that works in this very JVM.
 *
 * <p>Thread-safe. One file a run; whoever starts the run closes it.
 *
 * @param file path of the file
 */
public record PartialResults(String file) implements ResultStore {
  private static final Map<String, OutputStream> OPEN = new ConcurrentHashMap<>();

  @Override
  public void put(String id, Finished finished) {
    String line =
        finished instanceof Finished.Result result
            ? OutputLines.of(result.value())
            : OutputLines.of(((Finished.Failure) finished).value());
    // No channel: an interrupt of the thread that brings a line would close it for all.
    OutputStream out = OPEN.computeIfAbsent(file, PartialResults::open);
    synchronized (out) {
      try {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException("a finished task cannot be kept in " + file, e);
      }
    }
  }

  private static OutputStream open(String file) {
    try {
      return new FileOutputStream(file, true);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }

  /**
   * Closes the file.
   *
   * @param kept whether everything in it is in the output's own files too; then it is deleted
   * @return whether there is something in it that is nowhere else
   */
  public boolean close(boolean kept) throws IOException {
    OutputStream out = OPEN.remove(file);
    if (out != null) {
      out.close();
    }
    Path path = Path.of(file);
    if (kept) {
      Files.deleteIfExists(path);
    }
    return Files.exists(path);
  }
}
