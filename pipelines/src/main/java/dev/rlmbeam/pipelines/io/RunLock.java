package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.pipelines.options.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One run a folder: two that wrote into the same one would each delete what the other has paid for.
 */
public final class RunLock implements AutoCloseable {
  private final @Nullable FolderLock lock;

  private RunLock(@Nullable FolderLock lock) {
    this.lock = lock;
  }

  static RunLock of(Optional<Path> folder) {
    if (folder.isEmpty()) {
      return new RunLock(null);
    }
    try {
      return new RunLock(
          FolderLock.take(folder.get())
              .orElseThrow(
                  () ->
                      new UsageException(
                          "--output="
                              + folder.get()
                              + " is being written by another run.\nGive another folder.")));
    } catch (IOException e) {
      throw new UsageException(
          "--output=" + folder.get() + " cannot be locked: " + e.getMessage() + ".", e);
    }
  }

  /** Lets the next run in. */
  @Override
  public void close() {
    if (lock != null) {
      try {
        lock.close();
      } catch (IOException e) {
        throw new UncheckedIOException("the lock of the run's folder cannot be let go", e);
      }
    }
  }
}
