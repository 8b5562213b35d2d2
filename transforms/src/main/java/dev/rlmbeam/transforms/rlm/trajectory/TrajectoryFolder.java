package dev.rlmbeam.transforms.rlm.trajectory;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where trajectory files are made: a local folder, a bucket. Thread-safe.
 *
 * <p>It is not serialisable in itself; it is made on the worker.
 */
@FunctionalInterface
public interface TrajectoryFolder {

  /** Makes a new file of this name, which holds no slash. The caller closes the stream. */
  OutputStream create(String name) throws IOException;

  /** A folder of this machine, which is made when the first file is. */
  static TrajectoryFolder local(Path folder) {
    return name -> {
      Files.createDirectories(folder);
      // Not Files.newOutputStream: its channel is closed by an interrupt of the writing thread.
      return new FileOutputStream(folder.resolve(name).toFile());
    };
  }
}
