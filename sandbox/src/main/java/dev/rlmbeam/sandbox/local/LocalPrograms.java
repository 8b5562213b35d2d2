package dev.rlmbeam.sandbox.local;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxSetupException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Any program, not only the agent, behind the walls of {@link LocalSandboxes}: each has a network
 * of its own that leads nowhere, so that many may listen on the same port, and is reached from this
 * machine alone. Thread-safe. Who creates it closes it.
 *
 * <p>With {@link LocalIsolation#NONE} there are no walls: a program listens on this machine itself,
 * and one port serves one program at a time.
 */
public final class LocalPrograms implements AutoCloseable {
  private static final AtomicLong NUMBER = new AtomicLong();

  private final LocalOptions options;
  private final LocalHost host;
  private final Set<LocalProgram> open = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Where there are no walls: what programs listen on, or will. */
  @GuardedBy("this")
  private final Set<Integer> taken = new HashSet<>();

  private LocalPrograms(LocalOptions options, LocalHost host) {
    this.options = options;
    this.host = host;
  }

  /**
   * Finds out what this machine has, and gets ready.
   *
   * @throws SandboxSetupException when there is no fit Python, or bubblewrap does not work and a
   *     plain process was not allowed; the message says the cure
   */
  public static LocalPrograms create(LocalOptions options) throws InterruptedException {
    return new LocalPrograms(options, LocalHost.create(options));
  }

  /** What stands between programs and this machine: {@code bubblewrap} or {@code none}. */
  public String isolationName() {
    return host.isolationName();
  }

  /** The interpreter that programs know as {@code python3}. */
  public Path python() {
    return host.setup().python().executable();
  }

  /**
   * Where programs have their folders, for what goes with them: others can read a file there whose
   * name they know. Removed at the end; if this process is killed before, by who comes next.
   */
  public Path folder() {
    return host.folder();
  }

  /**
   * Starts a program; returns when its ports can be connected to, which is before it listens.
   *
   * @throws SandboxException when it cannot be started here: a port may be taken
   */
  public LocalProgram start(ProgramSpec spec) throws InterruptedException {
    String id = "p-" + NUMBER.incrementAndGet();
    List<Integer> plainPorts = host.setup().walled() ? List.of() : spec.ports();
    take(id, plainPorts);
    LocalProcess process = new LocalProcess(id, host.setup(), host.folder(id));
    LocalProgram program = null;
    boolean ready = false;
    try {
      ProgramLaunch launch = new ProgramLaunch(process, spec);
      Process started = host.start(launch::start, process::abandon);
      program = new LocalProgram(process, started, this::forget);
      open.add(program);
      program.awaitReady(options.startTimeout());
      lead(program, process, spec);
      if (closed.get()) {
        throw new IllegalStateException("local programs were closed meanwhile");
      }
      ready = true;
      return program;
    } catch (IOException e) {
      throw new SandboxException("", true, id + " could not be started: " + e, e);
    } finally {
      if (!ready) {
        giveUp(process, program, plainPorts);
      }
    }
  }

  private void lead(LocalProgram program, LocalProcess process, ProgramSpec spec)
      throws IOException {
    for (int port : spec.ports()) {
      String socket = ProgramLaunch.socketName(port);
      var tunnel = host.forward(process.outside(socket), process.folder().resolve(socket));
      if (tunnel.isPresent()) {
        program.lead(port, tunnel.get());
      } else {
        program.lead(port);
      }
    }
  }

  private synchronized void take(String id, List<Integer> ports) {
    for (int port : ports) {
      if (taken.contains(port) || !isFree(port)) {
        throw new SandboxException(
            "",
            false,
            String.format(
                "%s cannot listen on port %d: it is taken, and a plain process has no ports of its"
                    + " own; use another one, or bubblewrap",
                id, port));
      }
    }
    taken.addAll(ports);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void giveUp(LocalProcess process, @Nullable LocalProgram program, List<Integer> ports) {
    if (program == null) {
      LocalHost.undo(process);
    } else {
      program.close();
    }
    release(ports);
  }

  private void forget(LocalProgram program) {
    open.remove(program);
    if (!host.setup().walled()) {
      release(program.ports());
    }
  }

  private synchronized void release(Iterable<Integer> ports) {
    ports.forEach(taken::remove);
  }

  /** Kills what still runs. Idempotent. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      LocalHost.closeAll(open, LocalProgram::id, LocalProgram::close);
      host.close();
    }
  }
}
