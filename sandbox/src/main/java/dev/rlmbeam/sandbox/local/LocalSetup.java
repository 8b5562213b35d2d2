package dev.rlmbeam.sandbox.local;

import dev.rlmbeam.sandbox.SandboxSetupException;
import java.util.Optional;

/**
 * What local sandboxes are made of on this machine: which Python, behind walls or not, sessions
 * apart or not. Immutable.
 *
 * @param walled in bubblewrap
 * @param bounded with a bound for what sessions can write
 * @param uids a uid of its own for each session
 * @param trouble why there is no bubblewrap though it was not declined, and the cure
 * @param note why this Python and not the first one
 */
record LocalSetup(
    PythonRuntime python,
    boolean walled,
    boolean bounded,
    boolean uids,
    Optional<String> trouble,
    Optional<String> note) {
  private static final String FIRST = "python3";
  private static final String SECOND = "/usr/bin/python3";
  private static final String CURE =
      "install it (for example: apt-get install bubblewrap) and allow this user to use it";

  private static final String REFUSAL =
      "code that a language model writes would run here with all your rights: ";
  private static final String PERMISSION =
      ". Or allow it with --localIsolation=none (LocalIsolation.NONE); the code can then read your"
          + " files and use your network.";

  /** Finds out whether bubblewrap works with this Python, with or without a bound for the disk. */
  interface WallsProbe {
    IsolationProbe probe(PythonRuntime python, boolean bounded) throws InterruptedException;
  }

  /**
   * Tries what is there.
   *
   * @throws SandboxSetupException when it is not enough for what is asked
   */
  static LocalSetup find(LocalOptions options) throws InterruptedException {
    return find(options, IsolationProbe::bubblewrap);
  }

  static LocalSetup find(LocalOptions options, WallsProbe walls) throws InterruptedException {
    LocalSetup first = tryOut(PythonRuntime.find(options.python().orElse(FIRST)), options, walls);
    if (first.uids || !first.python.root() || options.python().isPresent()) {
      return first;
    }
    // Root could keep sessions apart, but not with this Python: it may lie in root's own home.
    try {
      LocalSetup second = tryOut(PythonRuntime.find(SECOND), options, walls);
      return second.uids ? second.inPlaceOf(first) : first;
    } catch (SandboxSetupException e) {
      return first;
    }
  }

  private static LocalSetup tryOut(PythonRuntime python, LocalOptions options, WallsProbe walls)
      throws InterruptedException {
    Optional<String> trouble = Optional.empty();
    if (options.isolation() != LocalIsolation.NONE) {
      IsolationProbe probe = walls.probe(python, true);
      boolean bounded = probe.works();
      if (!bounded) {
        IsolationProbe older = walls.probe(python, false);
        probe = older.works() ? older : probe;
      }
      if (probe.works()) {
        boolean uids = probe.uids() && python.root();
        return new LocalSetup(python, true, bounded, uids, Optional.empty(), Optional.empty());
      }
      String message = trouble(probe);
      if (options.isolation() == LocalIsolation.BUBBLEWRAP) {
        throw new SandboxSetupException(message);
      }
      if (!options.plainAllowed()) {
        throw new SandboxSetupException(REFUSAL + message + PERMISSION);
      }
      trouble = Optional.of(message);
    }
    IsolationProbe probe = IsolationProbe.plain(python);
    if (!probe.works()) {
      throw new SandboxSetupException(
          python.executable() + " does not run: " + probe.trouble() + "; " + PythonRuntime.CURE);
    }
    boolean uids = probe.uids() && python.root();
    return new LocalSetup(python, false, false, uids, trouble, Optional.empty());
  }

  /** Why there is no bubblewrap, and the cure. */
  static String trouble(IsolationProbe probe) {
    return "bubblewrap does not work here (" + probe.trouble() + "); " + CURE;
  }

  private LocalSetup inPlaceOf(LocalSetup first) {
    String why = "sessions' own uids cannot read " + first.python.executable();
    return new LocalSetup(python, walled, bounded, uids, trouble, Optional.of(why));
  }

  String describe() {
    return String.format(
        "local, %s, %s, Python %s at %s%s",
        walled ? "bubblewrap" : "plain process",
        uids ? "own uid a session" : "one session a sandbox",
        python.version(),
        python.executable(),
        note.map(why -> " (" + why + ")").orElse(""));
  }
}
