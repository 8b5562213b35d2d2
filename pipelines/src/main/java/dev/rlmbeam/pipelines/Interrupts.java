package dev.rlmbeam.pipelines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What Ctrl-C does: the first ends the run in good order, the second ends the process at once. A
 * request to terminate counts as one. Thread-safe.
 *
 * <p>Java has no public way to take a signal without ending; the one of {@code jdk.unsupported} is
 * reached by reflection, because the compiler warns of it. Where it is not there, signals end the
 * process as ever.
 */
final class Interrupts {
  private static final List<String> SIGNALS = List.of("INT", "TERM", "HUP");

  private final Set<Path> temporary = ConcurrentHashMap.newKeySet();
  private @Nullable Runnable first;
  private boolean received;
  private boolean ignored;

  private Interrupts() {}

  /** Takes the signals of this process, for the rest of its life. */
  static Interrupts ofProcess() {
    Interrupts interrupts = new Interrupts();
    for (String signal : SIGNALS) {
      interrupts.handle(signal);
    }
    return interrupts;
  }

  /** Takes no signals; for use within another program. */
  static Interrupts none() {
    return new Interrupts();
  }

  /** What the first signal does; it returns soon. Until then the first ends the process too. */
  synchronized void onFirst(Runnable action) {
    first = action;
  }

  /** Lets signals pass: while another program has the terminal, they are for that one. */
  synchronized void ignore(boolean value) {
    ignored = value;
  }

  /** A file that nobody else may read; the caller closes it, or a signal that ends the process. */
  synchronized Temporary temporaryFile(String prefix, String suffix) throws IOException {
    return keep(Files.createTempFile(prefix, suffix));
  }

  /** The same for a folder and all that is in it. */
  synchronized Temporary temporaryFolder(String prefix) throws IOException {
    return keep(Files.createTempDirectory(prefix));
  }

  private Temporary keep(Path path) {
    temporary.add(path);
    return new Temporary(path, temporary);
  }

  private synchronized boolean isIgnored() {
    return ignored;
  }

  private void handle(String name) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> invoke(self, method, arguments));
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (InvocationTargetException e) {
      // This one signal belongs to somebody else (nohup has it ignored); the others are still ours.
      if (!(e.getCause() instanceof IllegalArgumentException)) {
        throw new IllegalStateException("the signal " + name + " cannot be handled", e);
      }
    } catch (ReflectiveOperationException e) {
      // A Java without that module: the signal ends the process, and sandboxes end by their lease.
    }
  }

  private Object invoke(Object self, Method method, Object[] arguments) {
    return switch (method.getName()) {
      case "hashCode" -> System.identityHashCode(self);
      case "equals" -> self == arguments[0];
      case "toString" -> "interrupts";
      default -> {
        raise();
        yield self;
      }
    };
  }

  /** As if a signal had come. */
  void raise() {
    if (isIgnored()) {
      return;
    }
    Optional<Runnable> action = take();
    if (action.isPresent()) {
      // Not under the lock: the second signal ends the process even if this does not come to an
      // end.
      action.get().run();
    } else {
      // Sandboxes first: nothing is left behind, not even for the time of a lease.
      ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
      end();
    }
  }

  /** Under the lock, so that nothing temporary is made that is not deleted. */
  private synchronized void end() {
    try {
      for (Path path : temporary) {
        Temporary.delete(path);
      }
    } catch (IOException | UncheckedIOException e) {
      // Somebody else's files have come into it, say; the process ends all the same.
    } finally {
      Runtime.getRuntime().halt(ExitCode.INTERRUPTED.number());
    }
  }

  /** What the first signal does, once. */
  private synchronized Optional<Runnable> take() {
    Optional<Runnable> action = Optional.ofNullable(received ? null : first);
    received |= action.isPresent();
    return action;
  }
}
