package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.pipelines.options.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One run a folder: two that wrote into the same one would each delete what the other has paid for.
 * Held by a lock of the operating system, which ends with the process however that ends.
 */
public final class RunLock implements AutoCloseable {
  private static final String NAME = ".lock";

  private final @Nullable FileChannel channel;

  private RunLock(@Nullable FileChannel channel) {
    this.channel = channel;
  }

  static RunLock of(Optional<Path> folder) {
    if (folder.isEmpty()) {
      return new RunLock(null);
    }
    Path file = folder.get().resolve(NAME);
    try {
      Files.createDirectories(folder.get());
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!isLocked(channel)) {
        channel.close();
        throw new UsageException(
            "--output=" + folder.get() + " is being written by another run.\nGive another folder.");
      }
      return new RunLock(channel);
    } catch (IOException e) {
      throw new UsageException(
          "--output=" + folder.get() + " cannot be locked: " + e.getMessage() + ".", e);
    }
  }

  @SuppressWarnings("resource") // The lock ends with its channel.
  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // a run of this very process
    }
  }

  /** Lets the next run in. */
  @Override
  public void close() {
    if (channel != null) {
      try {
        // The file stays: a process that has just opened it would lock what nobody else sees.
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException("the lock of the run's folder cannot be let go", e);
      }
    }
  }
}
