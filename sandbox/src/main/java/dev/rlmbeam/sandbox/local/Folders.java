package dev.rlmbeam.sandbox.local;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes sandboxes' folders, when nothing should run in them any more. Should something run there
 * all the same, it can put a link in the place of a folder at any moment: so each folder is opened
 * from within the one that holds it, never by its path, and never through a link.
 */
final class Folders {
  private static final Logger log = LoggerFactory.getLogger(Folders.class);

  /** Each takes a descriptor and some stack, and hostile code can go deep. */
  private static final int MAX_DEPTH = 200;

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
    // The folder that holds it is the host's own.
    Path absolute = folder.toAbsolutePath();
    try (DirectoryStream<Path> holder = Files.newDirectoryStream(absolute.resolveSibling(""))) {
      SecureDirectoryStream<Path> parent = secure(holder);
      Path name = absolute.getFileName();
      try (SecureDirectoryStream<Path> opened = open(parent, name, absolute)) {
        empty(opened, absolute, last, 0, failures);
        if (failures.isEmpty() && !last.isEmpty()) {
          deleteFile(opened, Path.of(last));
        }
      }
      if (failures.isEmpty()) {
        parent.deleteDirectory(name);
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

  private static void empty(
      SecureDirectoryStream<Path> folder,
      Path path,
      String spared,
      int depth,
      List<IOException> failures)
      throws IOException {
    if (depth > MAX_DEPTH) {
      throw new IOException("too deep: " + path);
    }
    for (Path entry : folder) {
      Path name = entry.getFileName();
      if (!name.toString().equals(spared)) {
        try {
          remove(folder, name, path.resolve(name), depth, failures);
        } catch (IOException e) {
          failures.add(e);
        }
      }
    }
  }

  private static void remove(
      SecureDirectoryStream<Path> parent,
      Path name,
      Path path,
      int depth,
      List<IOException> failures)
      throws IOException {
    BasicFileAttributeView view =
        parent.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    try {
      if (!view.readAttributes().isDirectory()) {
        parent.deleteFile(name);
        return;
      }
      try (SecureDirectoryStream<Path> folder = open(parent, name, path)) {
        empty(folder, path, "", depth + 1, failures);
      }
      parent.deleteDirectory(name);
    } catch (NoSuchFileException e) {
      log.debug("{} is gone already", path);
    }
  }

  /** Code takes rights away from its own folders, too. */
  private static SecureDirectoryStream<Path> open(
      SecureDirectoryStream<Path> parent, Path name, Path path) throws IOException {
    SecureDirectoryStream<Path> folder;
    try {
      folder = parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
    } catch (AccessDeniedException e) {
      // Never root, whom rights do not stop: at most one's own rights are changed by the path.
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
      folder = parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
    }
    try {
      PosixFileAttributeView view = folder.getFileAttributeView(PosixFileAttributeView.class);
      view.setPermissions(PosixFilePermissions.fromString("rwx------"));
      return folder;
    } catch (IOException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  private static void deleteFile(SecureDirectoryStream<Path> folder, Path name) throws IOException {
    try {
      folder.deleteFile(name);
    } catch (NoSuchFileException e) {
      log.debug("{} is gone already", name);
    }
  }

  private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream)
      throws IOException {
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    throw new IOException("this system has no safe way to remove folders");
  }
}
