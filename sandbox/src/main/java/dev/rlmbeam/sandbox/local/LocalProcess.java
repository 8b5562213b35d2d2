package dev.rlmbeam.sandbox.local;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.rlmbeam.sandbox.SandboxSetupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process of one local sandbox and its folder, from its start to its end. Thread-safe. */
final class LocalProcess {
  private static final Logger log = LoggerFactory.getLogger(LocalProcess.class);
  private static final Duration SHUTDOWN = Duration.ofSeconds(3);
  private static final Duration DEATH = Duration.ofSeconds(3);

  /** The kernel takes no longer path for a Unix socket. */
  private static final int MAX_SOCKET_PATH = 107;

  private final String id;
  private final LocalSetup setup;
  private final Path folder;
  private final Path shared;

  @GuardedBy("this")
  private @Nullable Process process;

  @GuardedBy("this")
  private @Nullable SandboxOutput output;

  @GuardedBy("this")
  private @Nullable SandboxOutput errors;

  @GuardedBy("this")
  private boolean abandoned;

  /**
   * What to run.
   *
   * @param arguments as the sandbox sees them
   * @param environment all of it
   * @param mounts for walls only
   * @param outputs what becomes of stdout, and of stderr if it is not the same
   */
  record Command(
      List<String> arguments,
      Map<String, String> environment,
      int diskMib,
      List<Bubblewrap.Mount> mounts,
      SandboxOutput.Kind outputs) {}

  LocalProcess(String id, LocalSetup setup, Path folder) {
    this.id = id;
    this.setup = setup;
    this.folder = folder;
    shared = setup.walled() ? folder.resolve("run") : folder;
  }

  String id() {
    return id;
  }

  LocalSetup setup() {
    return setup;
  }

  /** Of the host's own, and out of the sandbox's reach where there are walls. */
  Path folder() {
    return folder;
  }

  /** What of the shared folder has this name, as the host sees it. */
  Path outside(String name) {
    return shared.resolve(name);
  }

  /** The same as the sandbox sees it. */
  String inside(String name) {
    return setup.walled() ? Bubblewrap.SHARED + "/" + name : shared.resolve(name).toString();
  }

  /**
   * Makes the folder; before the start.
   *
   * @param sockets names of the Unix sockets that there will be in the shared folder
   */
  void makeFolder(List<String> sockets) throws IOException {
    Files.createDirectory(folder, permissions("rwx--x--x"));
    if (!setup.walled()) {
      return;
    }
    for (String socket : sockets) {
      if (outside(socket).toString().length() > MAX_SOCKET_PATH) {
        throw new SandboxSetupException(
            "the work folder's path is too long for a Unix socket: " + outside(socket));
      }
    }
    Files.createDirectory(shared, permissions("rwx------"));
  }

  /** Starts it; on the thread that bubblewrap's life hangs on. */
  Process start(Command command) throws IOException {
    List<String> whole = new ArrayList<>();
    if (setup.walled()) {
      whole.addAll(
          new Bubblewrap(setup.python(), setup.bounded())
              .prefix(shared, command.diskMib(), command.mounts()));
    }
    whole.addAll(command.arguments());
    boolean apart = command.outputs() == SandboxOutput.Kind.PROGRAM;
    ProcessBuilder builder = new ProcessBuilder(whole).redirectErrorStream(!apart);
    builder.environment().clear();
    builder.environment().putAll(command.environment());
    // Its stdin is a pipe that this process holds and never writes to: its end, however this
    // process comes to its own, tells what runs there to go.
    Process started = builder.start();
    if (!take(started, command.outputs())) {
      started.destroyForcibly();
      deleteFolder();
      throw new IOException("its start was given up meanwhile");
    }
    return started;
  }

  private synchronized boolean take(Process started, SandboxOutput.Kind outputs) {
    if (abandoned) {
      return false;
    }
    process = started;
    output = new SandboxOutput(id, started.getInputStream(), outputs);
    errors =
        outputs == SandboxOutput.Kind.PROGRAM
            ? new SandboxOutput(id, started.getErrorStream(), SandboxOutput.Kind.ERRORS)
            : output;
    return true;
  }

  /** Gives up a start of which nobody knows how far it has come; it undoes itself. */
  synchronized void abandon() {
    abandoned = true;
  }

  synchronized SandboxOutput output() {
    return started(output);
  }

  /** Its stderr; the same as its stdout unless they are kept apart. */
  synchronized SandboxOutput errors() {
    return started(errors);
  }

  private synchronized Process process() {
    return started(process);
  }

  private static <T> T started(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("call start() first");
    }
    return part;
  }

  /** How it ended, if it has, and what it said at last; empty before its start. */
  synchronized String describe() {
    if (process == null) {
      return "";
    }
    String ended = process.isAlive() ? "" : "(exit code " + process.exitValue() + ") ";
    String tail = errors == output ? output().tail() : output().tail() + "\n" + errors().tail();
    return (ended + tail.strip()).strip();
  }

  /** Ends it at once, without a word. Does not block. */
  void kill() {
    process().destroyForcibly();
  }

  /** Behind walls the first process takes all others with it; else they are ended one by one. */
  void end() throws InterruptedException {
    Process ending = process();
    if (!setup.walled()) {
      List<ProcessHandle> others = ending.descendants().toList();
      ending.destroy(); // it ends its own first
      if (!ending.waitFor(SHUTDOWN.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("process {} does not end by itself; killing it", ending.pid());
      }
      others.forEach(ProcessHandle::destroyForcibly);
    }
    ending.destroyForcibly();
    ending.waitFor(DEATH.toMillis(), TimeUnit.MILLISECONDS);
    // The end of its output is the end of all processes behind the walls.
    output().awaitEnd(DEATH.toMillis());
    errors().awaitEnd(DEATH.toMillis());
  }

  /** Removes what a start that failed has left. */
  void undo() throws InterruptedException {
    boolean running;
    synchronized (this) {
      running = process != null;
    }
    if (running) {
      end();
    }
    deleteFolder();
  }

  void deleteFolder() {
    boolean unused = Folders.delete(folder);
  }

  static FileAttribute<?> permissions(String text) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text));
  }
}
