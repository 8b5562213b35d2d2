package dev.rlmbeam.sandbox.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The walls of a local sandbox: no network, its own processes, a system that can only be read, and
 * a /tmp of its own. Immutable.
 *
 * <p>Root needs no user namespace, and must not have one: in it there would be one uid only, and
 * sessions could not be kept apart.
 */
final class Bubblewrap {
  static final String PROGRAM = "bwrap";

  /**
   * Where the sandbox sees the folder that it shares with the host, for the agent alone: its
   * socket, and the contexts. Those do not belong into /tmp, which is memory and bounded for the
   * sessions.
   */
  static final String SHARED = "/run/rlm";

  static final String WORK_DIR = "/tmp/rlm";

  /** Enough for what processes share through it; it comes on top of /tmp. */
  private static final int MAX_SHM_MIB = 256;

  private static final List<String> SYSTEM =
      List.of("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32");

  /** What programs look up; nothing that holds a secret. */
  private static final List<String> SETTINGS =
      List.of(
          "/etc/alternatives",
          "/etc/ld.so.cache",
          "/etc/ld.so.conf",
          "/etc/ld.so.conf.d",
          "/etc/localtime",
          "/etc/timezone",
          "/etc/passwd",
          "/etc/group",
          "/etc/nsswitch.conf",
          "/etc/mime.types",
          "/etc/ssl/openssl.cnf");

  /** What the agent needs to keep sessions apart and to end them; everything else is dropped. */
  private static final List<String> CAPABILITIES =
      List.of("CAP_SETUID", "CAP_SETGID", "CAP_KILL", "CAP_CHOWN", "CAP_DAC_OVERRIDE");

  /** Folders with permissions of their own. */
  private static final Set<String> MOUNTS = Set.of("/tmp", "/dev", "/dev/shm", "/proc");

  private final PythonRuntime python;
  private final boolean bounded;

  /**
   * With or without a bound for what can be written.
   *
   * @param bounded needs bubblewrap 0.7
   */
  Bubblewrap(PythonRuntime python, boolean bounded) {
    this.python = python;
    this.bounded = bounded;
  }

  /**
   * What a sandbox has beyond the system.
   *
   * @param to absolute path in it
   * @param from a file of the host's, which it can read; else there is an empty folder to write to
   */
  record Mount(Path to, Optional<Path> from) {}

  /** The command in front of the agent's own. */
  List<String> prefix(Path sharedFolder, int diskMib) {
    return prefix(sharedFolder, diskMib, List.of());
  }

  /** The same with more to see; see {@link #hides} for where that cannot be. */
  List<String> prefix(Path sharedFolder, int diskMib, List<Mount> mounts) {
    List<String> command = walls(diskMib, mounts);
    bind(command, "--bind", sharedFolder.toString(), SHARED);
    for (Mount mount : mounts) {
      mount.from().ifPresent(f -> bind(command, "--ro-bind", f.toString(), mount.to().toString()));
    }
    close(command);
    return command;
  }

  /** Whether nothing new can be put there: it is a part of the system, or of the walls. */
  static boolean hides(Path path) {
    return (!Files.exists(path) && (isSystem(path) || SETTINGS.stream().anyMatch(path::startsWith)))
        || Stream.of("/proc", "/dev", SHARED, "/sys").anyMatch(path::startsWith)
        || path.getNameCount() == 0;
  }

  /** The same without anything of the host's that could be written, for trying it out. */
  List<String> prefix(int diskMib) {
    List<String> command = walls(diskMib, List.of());
    close(command);
    return command;
  }

  private List<String> walls(int diskMib, List<Mount> mounts) {
    List<String> command = new ArrayList<>(List.of(PROGRAM, "--die-with-parent", "--new-session"));
    if (python.root()) {
      command.addAll(
          List.of(
              "--unshare-pid",
              "--unshare-net",
              "--unshare-ipc",
              "--unshare-uts",
              "--cap-drop",
              "ALL"));
      for (String capability : CAPABILITIES) {
        command.add("--cap-add");
        command.add(capability);
      }
    } else {
      command.add("--unshare-all");
    }
    addSystem(command);
    command.addAll(List.of("--proc", "/proc", "--dev", "/dev"));
    addTmpfs(command, "/dev/shm", Math.min(diskMib, MAX_SHM_MIB));
    addTmpfs(command, "/tmp", diskMib);
    for (Mount mount : mounts) {
      if (mount.from().isEmpty()) {
        addTmpfs(command, mount.to().toString(), diskMib);
      }
    }
    addPython(command); // after /tmp: a virtual environment may lie there
    command.addAll(List.of("--dir", "/var", "--symlink", "../tmp", "/var/tmp"));
    return command;
  }

  /**
   * What holds the mounts is memory without a bound, and a session's code could write there where
   * it has the agent's own uid.
   */
  private static void close(List<String> command) {
    command.addAll(List.of("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"));
  }

  private void addSystem(List<String> command) {
    for (String path : SYSTEM) {
      addReadOnly(command, Path.of(path));
    }
    for (String path : SETTINGS) {
      if (Files.exists(Path.of(path))) {
        bind(command, "--ro-bind", path, path);
      }
    }
    // Debian's Python keeps part of its start-up there.
    String debian = "/etc/python" + python.minorVersion();
    if (Files.exists(Path.of(debian))) {
      bind(command, "--ro-bind", debian, debian);
    }
  }

  private void addPython(List<String> command) {
    List<Path> paths = python.files().paths().stream().filter(path -> !isSystem(path)).toList();
    Map<Path, Path> links = new TreeMap<>(python.files().links());
    links.keySet().removeIf(Bubblewrap::isSystem);
    Set<Path> parents = new TreeSet<>();
    paths.forEach(path -> addParents(path, parents));
    links.keySet().forEach(link -> addParents(link, parents));
    for (Path parent : parents) { // empty, and sessions' own uids pass through
      command.addAll(List.of("--perms", "0755", "--dir", parent.toString()));
    }
    paths.forEach(path -> bind(command, "--ro-bind", path.toString(), path.toString()));
    links.forEach((link, target) -> bind(command, "--symlink", target.toString(), link.toString()));
  }

  private static void addParents(Path path, Set<Path> parents) {
    for (Path parent = path.getParent();
        parent != null && parent.getNameCount() > 0 && !MOUNTS.contains(parent.toString());
        parent = parent.getParent()) {
      parents.add(parent);
    }
  }

  /** Whether it is there without being asked for, if it is there at all. */
  static boolean isPartOfSystem(Path path) {
    return path.getNameCount() == 0 || hides(path) || isSystem(path);
  }

  private static boolean isSystem(Path path) {
    return SYSTEM.stream().anyMatch(path::startsWith);
  }

  /** On systems with a merged /usr, /bin and its like are links. */
  private static void addReadOnly(List<String> command, Path path) {
    if (Files.isSymbolicLink(path)) {
      try {
        bind(command, "--symlink", Files.readSymbolicLink(path).toString(), path.toString());
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read the link " + path, e);
      }
    } else if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      bind(command, "--ro-bind", path.toString(), path.toString());
    }
  }

  private void addTmpfs(List<String> command, String path, int mib) {
    long bytes = mib * 1024L * 1024L;
    command.addAll(List.of("--perms", "1777"));
    if (bounded) {
      command.addAll(List.of("--size", Long.toString(bytes)));
    }
    command.addAll(List.of("--tmpfs", path));
  }

  private static void bind(List<String> command, String how, String from, String to) {
    command.add(how);
    command.add(from);
    command.add(to);
  }
}
