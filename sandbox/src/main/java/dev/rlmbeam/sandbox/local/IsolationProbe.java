package dev.rlmbeam.sandbox.local;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What this machine can put between sessions and itself, found by trying it: a program that is
 * there may still not be allowed to work. Immutable.
 *
 * @param works whether the command ran
 * @param uids whether a process in it can take another uid and still read Python's libraries
 * @param trouble why it did not work, in the program's own words; empty if it did
 */
record IsolationProbe(boolean works, boolean uids, String trouble) {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final int TRIAL_DISK_MIB = 16;

  // Imports after the change of uid what is not loaded yet: a session does that all the time.
  private static final String TRIAL =
      """
      import os
      print('works', flush=True)
      os.setgroups([])
      os.setresgid(20000, 20000, 20000)
      os.setresuid(20000, 20000, 20000)
      import subprocess, json
      print('uids')
      """;

  static IsolationProbe bubblewrap(PythonRuntime python, boolean bounded)
      throws InterruptedException {
    return probe(new Bubblewrap(python, bounded).prefix(TRIAL_DISK_MIB), python);
  }

  static IsolationProbe plain(PythonRuntime python) throws InterruptedException {
    return probe(List.of(), python);
  }

  /** Tries a command in front of Python's own. */
  static IsolationProbe probe(List<String> prefix, PythonRuntime python)
      throws InterruptedException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of(python.executable().toString(), "-I", "-c", TRIAL));
    try {
      ShortCommand.Outcome outcome =
          ShortCommand.run(command, Map.of("PATH", LocalLaunch.PATH), TIMEOUT);
      boolean works = outcome.output().lines().anyMatch("works"::equals);
      boolean uids = outcome.exit() == 0 && outcome.output().lines().anyMatch("uids"::equals);
      return new IsolationProbe(works, uids, works ? "" : trouble(outcome));
    } catch (IOException e) {
      return new IsolationProbe(false, false, command.get(0) + " is not installed");
    }
  }

  private static String trouble(ShortCommand.Outcome outcome) {
    if (outcome.exit() < 0) {
      return "no answer in " + TIMEOUT.toSeconds() + " s; is this machine overloaded?";
    }
    String output = outcome.output();
    String words = output.substring(output.lastIndexOf('\n') + 1);
    return words.isEmpty() ? "exit code " + outcome.exit() : words;
  }
}
