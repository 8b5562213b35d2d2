package dev.rlmbeam.sandbox.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the sandboxes of one process have their folders. Removed at the end; one whose maker was
 * killed before that is removed by the next who comes, so that contexts do not stay on the disk for
 * ever. Thread-safe.
 */
final class WorkFolder implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WorkFolder.class);
  private static final String PREFIX = "rlm-";
  private static final String LOCK = ".lock";

  /**
   * Folders of this very process are known by it, and their locks are not touched: to close a file
   * gives back every lock that the process has on it.
   */
  private static final String OWN = PREFIX + ProcessHandle.current().pid() + "-";

  private final Path path;

  /** Locked by the one who made the folder, for as long as it lives. */
  private final FileChannel lock;

  private WorkFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /** Makes a new folder in this one, and removes those there that were left behind. */
  static WorkFolder make(Path parent) throws IOException {
    Files.createDirectories(parent);
    Path folder = Files.createTempDirectory(parent.toAbsolutePath(), OWN);
    // Under its name only once it is locked: whoever starts at the same moment would take a lock
    // that is free for one of a process that is gone.
    Path unnamed = folder.resolve(LOCK + ".new");
    FileChannel channel =
        FileChannel.open(unnamed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() == null) {
        throw new IOException("somebody else has locked " + folder);
      }
      Files.move(unnamed, folder.resolve(LOCK), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    // Sessions with uids of their own have to pass through; there is nothing to list.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    WorkFolder made = new WorkFolder(folder, channel);
    made.removeLeftBehind();
    return made;
  }

  /** Removes the folders of those who are gone: nobody holds their locks any more. */
  private void removeLeftBehind() {
    try (DirectoryStream<Path> folders =
        Files.newDirectoryStream(path.resolveSibling(""), PREFIX + "*")) {
      UserPrincipal self = Files.getOwner(path);
      for (Path folder : folders) {
        // Never another user's: what is in it could be a trap for whoever walks through it.
        if (!folder.getFileName().toString().startsWith(OWN)
            && Files.isRegularFile(folder.resolve(LOCK), LinkOption.NOFOLLOW_LINKS)
            && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(self)
            && isFree(folder.resolve(LOCK))) {
          log.info("removing {}, which was left behind", folder);
          boolean unused = Folders.delete(folder, LOCK);
        }
      }
    } catch (IOException e) {
      log.debug("what was left behind beside {} cannot be removed", path, e);
    }
  }

  private static boolean isFree(Path lock) throws IOException {
    try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
        FileLock free = channel.tryLock()) {
      return free != null;
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    boolean unused = Folders.delete(path, LOCK);
    try {
      lock.close();
    } catch (IOException e) {
      log.debug("the lock of {} could not be given back", path, e);
    }
  }
}
