package dev.rlmbeam.sandbox.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes sandboxes' folders, when nothing runs in them any more. */
final class Folders {
  private static final Logger log = LoggerFactory.getLogger(Folders.class);

  private Folders() {}

  /**
   * Removes a folder with all that is in it, following no links; what cannot be removed stays.
   *
   * @return whether nothing stayed
   */
  static boolean delete(Path folder) {
    return delete(folder, "");
  }

  /** The same, but what has this name in the folder goes last, and stays if anything stays. */
  static boolean delete(Path folder, String last) {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return true;
    }
    List<IOException> failures = new ArrayList<>();
    try {
      empty(folder, last, failures);
      if (failures.isEmpty() && !last.isEmpty()) {
        Files.deleteIfExists(folder.resolve(last));
      }
      if (failures.isEmpty()) {
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      failures.add(e);
    }
    if (!failures.isEmpty()) {
      log.warn(
          "folder {} could not be removed, {} times; first: {}",
          folder,
          failures.size(),
          failures.get(0).toString());
    }
    return failures.isEmpty();
  }

  private static void empty(Path folder, String spared, List<IOException> failures)
      throws IOException {
    if (!Files.isReadable(folder) || !Files.isWritable(folder) || !Files.isExecutable(folder)) {
      // Code takes rights away from its own folders, too.
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        if (!entry.getFileName().toString().equals(spared)) {
          remove(entry, failures);
        }
      }
    }
  }

  private static void remove(Path path, List<IOException> failures) {
    try {
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        empty(path, "", failures);
      }
      Files.deleteIfExists(path);
    } catch (IOException e) {
      failures.add(e);
    }
  }
}
